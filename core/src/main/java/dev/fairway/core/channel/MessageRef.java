package dev.fairway.core.channel;

import java.util.regex.Pattern;

/**
 * Names a message for ever: {@code AU:1f0c…}, its sender and the sender's reference.
 *
 * @param senderRef 1 to 256 of {@code A-Z a-z 0-9 _ . ~ -}
 */
public record MessageRef(Jurisdiction sender, String senderRef) {
  private static final Pattern SENDER_REF = Pattern.compile("[A-Za-z0-9_.~-]{1,256}");

  public MessageRef {
    if (!isSenderRef(senderRef)) {
      throw new IllegalArgumentException(
          "sender_ref must be 1 to 256 of A-Z a-z 0-9 _ . ~ -, is \"" + senderRef + "\"");
    }
  }

  /** Whether a text can be a sender's reference. */
  public static boolean isSenderRef(String text) {
    return SENDER_REF.matcher(text).matches();
  }

  /** @throws IllegalArgumentException when the text is not {@code CC:ref} */
  public static MessageRef parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("message reference must be SENDER:REF, is \"" + text + "\"");
    }
    return new MessageRef(new Jurisdiction(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return sender + ":" + senderRef;
  }
}
