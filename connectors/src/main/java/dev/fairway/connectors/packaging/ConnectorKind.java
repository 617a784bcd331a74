package dev.fairway.connectors.packaging;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;

/** What a connector does, as its name tells: {@code source-…} captures, {@code materialize-…} materializes. */
public enum ConnectorKind {
  CAPTURE("source-", "capture", "1.0"), MATERIALIZE("materialize-", "materialize", "1.0"), DERIVE("derive-", "derive",
      "0");

  private final String prefix;
  private final String protocol;
  private final String usageRate;

  ConnectorKind(String prefix, String protocol, String usageRate) {
    this.prefix = prefix;
    this.protocol = protocol;
    this.usageRate = usageRate;
  }

  /** @throws FairwayException with {@code INVALID} when the name tells nothing */
  public static ConnectorKind of(String name) {
    if (!name.matches("[a-z0-9]+(-[a-z0-9]+)+")) {
      throw new FairwayException(ErrorCode.INVALID,
          "\"" + name + "\" must be lower-case words with '-' between them, such as source-weather");
    }
    for (ConnectorKind kind : values()) {
      if (name.startsWith(kind.prefix)) {
        return kind;
      }
    }
    throw new FairwayException(ErrorCode.INVALID,
        "\"" + name + "\" must begin with source-, materialize- or derive-, which tells what it does");
  }

  String protocol() {
    return protocol;
  }

  String usageRate() {
    return usageRate;
  }
}
