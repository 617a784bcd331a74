package dev.fairway.connector;

import dev.fairway.connector.flow.OAuth2Spec;
import java.util.Optional;

/**
 * What every connector says of itself.
 *
 * @param <C> configuration of the connector
 * @param <R> configuration of one resource (a table, a stream, a file)
 */
public sealed interface Connector<C extends Record, R extends Record> permits Capture, Materialize, Derive {
  Class<C> configType();

  Class<R> resourceType();

  default String documentationUrl() {
    return "";
  }

  /** How a person signs in, where the connector needs it. */
  default Optional<OAuth2Spec> oauth2() {
    return Optional.empty();
  }
}
