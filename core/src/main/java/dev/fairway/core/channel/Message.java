package dev.fairway.core.channel;

import java.util.Objects;

/**
 * What one jurisdiction says to another about a document: the five fields that cross a channel (a "discrete generic
 * message"). Assume that everyone on the channel can read them.
 *
 * @param subject what the conversation is about; all its messages share it. 1 to 2048 characters, not blank
 * @param obj the document's address, normally a multihash. 1 to 256 characters
 * @param predicate what is said about the document, a dotted name. 1 to 512 characters
 */
public record Message(Jurisdiction sender, Jurisdiction receiver, String subject, String obj, String predicate) {
  public static final int SUBJECT_LIMIT = 2048;
  public static final int OBJ_LIMIT = 256;
  public static final int PREDICATE_LIMIT = 512;

  public Message {
    Objects.requireNonNull(sender);
    Objects.requireNonNull(receiver);
    check("subject", subject, SUBJECT_LIMIT);
    check("obj", obj, OBJ_LIMIT);
    check("predicate", predicate, PREDICATE_LIMIT);
  }

  private static void check(String field, String value, int limit) {
    if (value.isBlank() || value.length() > limit) {
      throw new IllegalArgumentException(
          field + " must have 1 to " + limit + " characters and not be blank, has " + value.length());
    }
  }
}
