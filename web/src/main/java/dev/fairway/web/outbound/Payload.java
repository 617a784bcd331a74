package dev.fairway.web.outbound;

import dev.fairway.web.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Bytes of a body; not to be changed. */
public final class Payload {
  static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] bytes;

  public Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  /** As UTF-8; what is not becomes the replacement character. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** @throws dev.fairway.core.FairwayException with {@code INVALID} when it is not JSON within the limits */
  public JsonNode json() {
    return Json.parse(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
