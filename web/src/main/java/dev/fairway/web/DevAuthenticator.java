package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The development profile: nobody needs credentials. Old clients' pretended tokens are read
 * ({@code JWTBODY {"jurisdiction":"AU"}}: raw JSON, unsigned, only the first 2,048 characters count) or ignored
 * ({@code Dumb}, and any other).
 */
public final class DevAuthenticator implements Authenticator {
  private static final String PRETENDED = "JWTBODY";
  private static final int LONGEST = 2_048;

  @Override
  public Caller identify(Optional<String> authorization) {
    return authorization.filter(header -> header.startsWith(PRETENDED)).map(DevAuthenticator::pretended)
        .orElse(Caller.DEVELOPER);
  }

  private static Caller pretended(String header) {
    String json = header.substring(PRETENDED.length(), Math.min(header.length(), PRETENDED.length() + LONGEST)).strip();
    JsonNode body;
    try {
      body = Json.parse(json);
    } catch (FairwayException e) {
      throw new FairwayException(ErrorCode.UNAUTHENTICATED, "the text after JWTBODY is not JSON", e);
    }
    if (!body.isObject()) {
      throw new FairwayException(ErrorCode.UNAUTHENTICATED, "the text after JWTBODY is not a JSON object");
    }
    Map<String, Object> claims = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> claim : body.properties()) {
      if (claim.getValue().isString()) {
        claims.put(claim.getKey(), claim.getValue().stringValue());
      }
    }
    return new Caller(text(body, "sub").orElse("developer"), Caller.Kind.DEVELOPER, Set.of(),
        text(body, "jurisdiction"), text(body, "party"), text(body, "organisation"), claims);
  }

  private static Optional<String> text(JsonNode body, String name) {
    JsonNode value = body.get(name);
    return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }
}
