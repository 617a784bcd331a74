package dev.fairway.core.channel;

/** A country or territory, as two upper-case letters (ISO 3166-1 alpha-2). Messages are addressed to these, not to nodes. */
public record Jurisdiction(String code) {
  public Jurisdiction {
    if (code.length() != 2 || !isUpper(code.charAt(0)) || !isUpper(code.charAt(1))) {
      throw new IllegalArgumentException("jurisdiction must be two upper-case letters, is \"" + code + "\"");
    }
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  @Override
  public String toString() {
    return code;
  }
}
