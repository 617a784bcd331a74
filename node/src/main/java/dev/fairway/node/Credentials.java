package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.node.config.Section;
import dev.fairway.web.outbound.ClientCredentials;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.TokenSource;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/** How the node shows who it is to another system: OAuth 2.0 client credentials (RFC 6749, section 4.4). */
record Credentials(ClientCredentials.Endpoint endpoint, String clientId, Secret clientSecret, Optional<String> scope) {
  /** Reads the part {@code auth} of a peer; empty when it has none. */
  static Optional<Credentials> from(Section peer) {
    if (!peer.has("auth")) {
      return Optional.empty();
    }
    Section auth = peer.section("auth");
    Optional<URI> tokens = auth.url("token-endpoint", "where tokens are had");
    Optional<URI> discovery = auth.url("discovery",
        "an OpenID Connect discovery document that names the token endpoint");
    if (tokens.isPresent() == discovery.isPresent()) {
      auth.problem("token-endpoint", "give either token-endpoint or discovery");
    }
    String id = auth.required("client-id", "who the node is to that peer");
    Optional<Secret> secret = auth.secret("client-secret", "what proves it");
    if (secret.isEmpty()) {
      auth.problem("client-secret", "is missing; write {file: PATH} or ${NAME}");
    }
    Optional<String> scope = auth.text("scope", "what is asked for");
    Optional<ClientCredentials.Endpoint> endpoint = tokens.<ClientCredentials.Endpoint>map(
        ClientCredentials.Endpoint.Token::new)
        .or(() -> discovery.map(ClientCredentials.Endpoint.Discovery::new));
    return endpoint.map(at -> new Credentials(at, id, secret.orElse(new Secret("")), scope));
  }

  TokenSource tokens(OutboundClient client, InstantSource clock) {
    return new ClientCredentials(client, clock, endpoint, clientId, clientSecret, scope);
  }
}
