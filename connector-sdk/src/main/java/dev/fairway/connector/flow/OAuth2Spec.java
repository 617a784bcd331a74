package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * How a person signs in at a provider: Mustache templates for the page to send them to and for the exchange of what they
 * bring back. An empty template means there is none.
 */
public record OAuth2Spec(String provider, String authUrlTemplate, String accessTokenUrlTemplate,
    String accessTokenMethod, String accessTokenBody, Map<String, JsonNode> accessTokenHeaders,
    Map<String, JsonNode> accessTokenResponseMap, String refreshTokenUrlTemplate, String refreshTokenMethod,
    String refreshTokenBody, Map<String, JsonNode> refreshTokenHeaders, Map<String, JsonNode> refreshTokenResponseMap) {
  public OAuth2Spec {
    provider = requireNonNullElse(provider, "");
    authUrlTemplate = requireNonNullElse(authUrlTemplate, "");
    accessTokenUrlTemplate = requireNonNullElse(accessTokenUrlTemplate, "");
    accessTokenMethod = requireNonNullElse(accessTokenMethod, "");
    accessTokenBody = requireNonNullElse(accessTokenBody, "");
    accessTokenHeaders = Map.copyOf(requireNonNullElse(accessTokenHeaders, Map.of()));
    accessTokenResponseMap = Map.copyOf(requireNonNullElse(accessTokenResponseMap, Map.of()));
    refreshTokenUrlTemplate = requireNonNullElse(refreshTokenUrlTemplate, "");
    refreshTokenMethod = requireNonNullElse(refreshTokenMethod, "");
    refreshTokenBody = requireNonNullElse(refreshTokenBody, "");
    refreshTokenHeaders = Map.copyOf(requireNonNullElse(refreshTokenHeaders, Map.of()));
    refreshTokenResponseMap = Map.copyOf(requireNonNullElse(refreshTokenResponseMap, Map.of()));
  }
}
