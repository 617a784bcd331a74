package dev.fairway.datatrust.listing;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.object.KeccakDigest;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/**
 * Whether stored data are what the chain says of them. The chain has the Keccak-256 of the whole; an older service wrote that
 * of the last block of 1 MiB, which is the same for smaller data, and is believed only where the market's settings say so. Safe
 * for many threads.
 */
public final class Integrity {
  /** What an older service read at a time. */
  static final int BLOCK = 1 << 20;

  private final SealedObjects objects;
  private final boolean lastBlockCounts;

  /** @param lastBlockCounts whether the hash of the last block alone is enough */
  public Integrity(SealedObjects objects, boolean lastBlockCounts) {
    this.objects = objects;
    this.lastBlockCounts = lastBlockCounts;
  }

  /**
   * Data read through.
   *
   * @param stored the hash of what is stored now
   * @param matchesChain whether the chain has the hash of what was uploaded
   */
  public record Checked(Hash stored, boolean matchesUpload, boolean matchesChain) {
    public boolean ok() {
      return matchesUpload && matchesChain;
    }
  }

  /**
   * Whether a hash on the chain is that of an upload, going by the digest made when it arrived. Only where the last block is
   * enough, and the whole is not what the chain has, up to a MiB of the data is read.
   *
   * @throws FairwayException with {@code STORE_CORRUPT} when that cannot be read
   */
  public boolean matches(Upload upload, Optional<Hash> onChain) throws IOException {
    return onChain.isPresent() && (onChain.get().equals(upload.digests().data())
        || (lastBlockCounts && upload.object().size() > BLOCK && onChain.get().equals(lastBlock(upload))));
  }

  /**
   * Reads all of it.
   *
   * @throws FairwayException with {@code STORE_CORRUPT} when it is missing or damaged
   */
  public Checked check(Upload upload, Optional<Hash> onChain) throws IOException {
    Hash stored = Hash.of(objects.digest(upload.object(), new KeccakDigest()));
    return new Checked(stored, stored.equals(upload.digests().data()), matches(upload, onChain));
  }

  private Hash lastBlock(Upload upload) throws IOException {
    try (SeekableByteChannel channel = objects.open(upload.object()).orElseThrow(
        () -> new FairwayException(ErrorCode.STORE_CORRUPT, "the data of " + upload.listing() + " are missing"))) {
      long start = (channel.size() - 1) / BLOCK * BLOCK;
      ByteBuffer block = ByteBuffer.allocate(Math.toIntExact(channel.size() - start));
      channel.position(start);
      while (block.hasRemaining() && channel.read(block) >= 0) {
        // Reads until the block is whole.
      }
      return Hash.of(Keccak.hash(block.array()));
    }
  }
}
