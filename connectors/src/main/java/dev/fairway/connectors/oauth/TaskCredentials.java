package dev.fairway.connectors.oauth;

import dev.fairway.connector.flow.OAuth2Spec;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes the credentials in a task's configuration fit for a session. A node's are safe for many threads. */
@FunctionalInterface
public interface TaskCredentials {
  /** Has them used as they are configured. */
  TaskCredentials AS_CONFIGURED = (_, config, _) -> new TokenKeeper.Fresh(config, Optional.empty());

  /**
   * @param config as it is configured
   * @param spec tells how the connector's users sign in; asked only when there may be something to refresh, since that
   * starts the connector
   */
  TokenKeeper.Fresh fresh(String task, JsonNode config, Callable<@Nullable OAuth2Spec> spec) throws Exception;
}
