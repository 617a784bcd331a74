package dev.fairway.daml.openapi;

/** What a schema became. */
sealed interface ApiType {
  /** What stands for itself. */
  enum Plain implements ApiType {
    TEXT("Text"), INT("Int"), DECIMAL("Decimal"), BOOL("Bool"), DATE("Date"), TIME("Time"),
    /** Bytes, as base64. */
    BASE64("Text"),
    /** Anything, as the text of its JSON. */
    JSON("Text");

    private final String daml;

    Plain(String daml) {
      this.daml = daml;
    }

    String daml() {
      return daml;
    }
  }

  record ListOf(ApiType item) implements ApiType {}

  record MapOf(ApiType value) implements ApiType {}

  record OptionalOf(ApiType value) implements ApiType {}

  /** A {@link Declaration}, by its name. */
  record Ref(String name) implements ApiType {}

  /** The same, and it may be missing; never missing twice. */
  default ApiType optional() {
    return this instanceof OptionalOf ? this : new OptionalOf(this);
  }
}
