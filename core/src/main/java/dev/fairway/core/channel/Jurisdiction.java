package dev.fairway.core.channel;

/** A country or territory, as two upper-case letters (ISO 3166-1 alpha-2). Messages are addressed to these, not to nodes. */
public record Jurisdiction(String code) {
  public Jurisdiction {
    if (!isCode(code)) {
      throw new IllegalArgumentException("jurisdiction must be two upper-case letters, is \"" + code + "\"");
    }
  }

  /** Whether a text is of the form of a code; not whether there is such a country. */
  public static boolean isCode(String text) {
    return text.length() == 2 && isUpper(text.charAt(0)) && isUpper(text.charAt(1));
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  @Override
  public String toString() {
    return code;
  }
}
