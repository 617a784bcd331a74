package dev.fairway.datatrust.listing;

import dev.fairway.datatrust.object.SealedObject;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Data a maker handed in, with what the maker says of them.
 *
 * @param digests of the whole
 * @param task confirms the data on the chain
 */
public record Upload(Hash listing, Address owner, Description description, SealedObject object, Digests digests,
    UUID task, Instant uploadedAt) {

  /**
   * In the maker's words.
   *
   * @param transaction the maker's application, as text
   * @param fileType a MIME type, or anything
   * @param tags empty when none were given
   */
  public record Description(String transaction, String title, String description, String license, String fileType,
      Optional<List<String>> tags, String filename) {}

  /**
   * As lower-case hex, the last as a chain has it.
   *
   * @param data Keccak-256
   */
  public record Digests(String md5, String sha256, Hash data) {}
}
