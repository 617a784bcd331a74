package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How the market's first client names listings and purchases, so that what it and ours name the same has one name. To the
 * contracts and to this node names are opaque.
 */
public final class Names {
  private static final int WORD = 32;

  private Names() {}

  /** A maker's listing of a title; a title that is hex after {@code 0x} counts as bytes. */
  public static Hash listing(Address maker, String title) {
    return of(maker, Keccak.hash(bytes(title)));
  }

  /** A buyer's purchase of a listing: one for each buyer and listing. */
  public static Hash delivery(Address buyer, Hash listing) {
    return of(buyer, Keccak.hash(listing.bytes()));
  }

  private static byte[] bytes(String title) {
    try {
      return title.startsWith("0x") ? Hex.bytes(title) : title.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return title.getBytes(StandardCharsets.UTF_8);
    }
  }

  /* The zero byte stands where that client glued two texts together and read the second's 0x as a byte. */
  private static Hash of(Address account, byte[] rest) {
    byte[] glued = ByteBuffer.allocate(2 * WORD + 1).put(Keccak.hash(account.bytes())).put((byte) 0).put(rest).array();
    return Hash.of(Keccak.hash(glued));
  }
}
