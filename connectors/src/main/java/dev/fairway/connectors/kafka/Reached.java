package dev.fairway.connectors.kafka;

import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a collection is published. The last document is part of it: a log that was brought back from a backup and grew
 * again is as long as before and has another document there.
 *
 * @param position behind the last document
 * @param last where that document begins
 * @param digest of it, SHA-256 in hex; empty when it is not known
 */
record Reached(long position, long last, String digest) {
  /** As a checkpoint has it. */
  static Reached of(JsonNode checkpoint, String collection) {
    JsonNode last = checkpoint.path("last").path(collection);
    return new Reached(checkpoint.path("through").path(collection).asLong(0), last.path("at").asLong(0),
        last.path("sha256").asString(""));
  }

  /** Behind a document. */
  static Reached behind(long position, long last, byte[] document) {
    return new Reached(position, last, digest(document, 0, document.length));
  }

  /** Puts it into a checkpoint. */
  void into(ObjectNode checkpoint, String collection) {
    checkpoint.withObjectProperty("through").put(collection, Long.toString(position));
    if (!digest.isEmpty()) {
      checkpoint.withObjectProperty("last").putObject(collection).put("at", Long.toString(last)).put("sha256", digest);
    }
  }

  /**
   * Whether the collection still holds what was published of it.
   *
   * @throws FairwayException with {@code CONFIGURATION} when it does not
   */
  void require(Collection collection, String topic) {
    if (position > collection.end()) {
      throw refused(collection, topic, "it ends at " + collection.end() + " now");
    }
    if (digest.isEmpty()) {
      return;
    }
    try (CollectionReader reader = collection.read(last)) {
      if (!reader.next() || reader.position() != position
          || !digest(reader.buffer(), reader.from(), reader.to() - reader.from()).equals(digest)) {
        throw refused(collection, topic, "it has another document at " + last + " now");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + collection + " at " + last + ": " + e.getMessage(), e);
    }
  }

  private FairwayException refused(Collection collection, String topic, String found) {
    return new FairwayException(ErrorCode.CONFIGURATION, "topic " + topic + " holds what collection " + collection
        + " had up to " + position + ", and " + found + ": its files are not those that were published, as after a"
        + " backup was brought back; choose another topic prefix, or delete the topics");
  }

  private static String digest(byte[] bytes, int from, int length) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, from, length);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
