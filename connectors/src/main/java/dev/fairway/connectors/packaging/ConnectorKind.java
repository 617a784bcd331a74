package dev.fairway.connectors.packaging;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;

/** What a connector does, as its name tells: {@code source-…} captures, {@code materialize-…} materializes. */
public enum ConnectorKind {
  CAPTURE("source-", "capture", "1.0", "preview"), MATERIALIZE("materialize-", "materialize", "1.0",
      "materialize --fixture fixture.json"), DERIVE("derive-", "derive", "0", "derive --fixture fixture.json");

  private final String prefix;
  private final String protocol;
  private final String usageRate;
  private final String run;

  ConnectorKind(String prefix, String protocol, String usageRate, String run) {
    this.prefix = prefix;
    this.protocol = protocol;
    this.usageRate = usageRate;
    this.run = run;
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

  /** What the files of its beginning are called. */
  String form() {
    return prefix.substring(0, prefix.length() - 1);
  }

  /** The command that shows it at work. */
  String run() {
    return run;
  }

  String protocol() {
    return protocol;
  }

  String usageRate() {
    return usageRate;
  }
}
