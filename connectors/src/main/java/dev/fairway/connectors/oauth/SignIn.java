package dev.fairway.connectors.oauth;

import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One person's sign-in: {@link #begin} makes the page to send them to, {@link #finish} trades what they bring back for
 * credentials, once. Safe for many threads.
 */
public final class SignIn {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int STATE_LENGTH = 40;
  private static final int VERIFIER_LENGTH = 50;
  private static final int SHOWN = 2000;

  private final OAuth2Spec spec;
  private final Application application;
  private final JsonNode config;
  private final JsonNode injected;
  private final OutboundClient outbound;
  private final Template templates;
  private @Nullable Pending pending;

  /**
   * @param config the endpoint's configuration, as far as it is known before there are credentials
   * @param injected more values for the exchange
   * @param outbound calls the provider; its policy says which addresses may be reached
   */
  public SignIn(OAuth2Spec spec, Application application, JsonNode config, JsonNode injected, OutboundClient outbound,
      Clock clock) {
    this.spec = spec;
    this.application = application;
    this.config = config;
    this.injected = injected;
    this.outbound = outbound;
    this.templates = new Template(clock);
  }

  /** What the provider knows us as. */
  public record Application(String clientId, Secret clientSecret) {}

  private record Pending(String state, String verifier, URI redirect) {}

  /**
   * The page where the person gives their consent. A sign-in that was begun before is forgotten.
   *
   * @param redirect where the provider sends them afterwards
   */
  public synchronized URI begin(URI redirect) {
    Pending now = new Pending(random(STATE_LENGTH), random(VERIFIER_LENGTH), redirect);
    pending = now;
    Map<String, Object> values = common();
    values.put("redirect_uri", redirect.toString());
    values.put("state", now.state());
    values.put("code_challenge", challenge(now.verifier()));
    values.put("code_challenge_method", "S256");
    return UrlGuard.render(templates, spec.authUrlTemplate(), values);
  }

  /**
   * Trades what the provider sent back for credentials. Each sign-in can be finished once, whatever comes of it.
   *
   * @param answer the query parameters of the redirect
   * @return the credentials as the connector expects them, with the application's own
   * @throws FairwayException with {@code INVALID} when the person or the provider said no, the answer is not to this sign-in
   * or was given before, or the provider's answer cannot be used
   */
  public ObjectNode finish(Map<String, String> answer) throws InterruptedException {
    Pending begun = take();
    String state = answer.getOrDefault("state", "");
    if (!MessageDigest.isEqual(state.getBytes(StandardCharsets.UTF_8),
        begun.state().getBytes(StandardCharsets.UTF_8))) {
      throw invalid("the answer is not to this sign-in (its state differs); begin again");
    }
    if (answer.containsKey("error")) {
      throw invalid("the provider said no: " + answer.get("error")
          + (answer.containsKey("error_description") ? " (" + answer.get("error_description") + ")" : ""));
    }
    Map<String, Object> values = common();
    values.putAll(Template.values(injected));
    values.putAll(answer);
    values.put("client_secret", application.clientSecret().reveal());
    values.put("redirect_uri", begun.redirect().toString());
    values.put("code_verifier", begun.verifier());
    return credentials(exchange(
        new Call(spec.accessTokenUrlTemplate(), spec.accessTokenMethod(), spec.accessTokenBody(),
            spec.accessTokenHeaders(), spec.accessTokenResponseMap()),
        values));
  }

  /**
   * Trades credentials for fresh ones; what the provider does not send anew stays as it was.
   *
   * @throws FairwayException with {@code INVALID} when the connector has no templates for it, or the provider refuses
   */
  public synchronized ObjectNode refresh(ObjectNode credentials) throws InterruptedException {
    if (spec.refreshTokenUrlTemplate().isEmpty()) {
      throw invalid("the connector says nothing of how its tokens are refreshed");
    }
    Map<String, Object> values = common();
    values.putAll(Template.values(credentials));
    values.put("client_secret", application.clientSecret().reveal());
    ObjectNode fresh = exchange(new Call(spec.refreshTokenUrlTemplate(), spec.refreshTokenMethod(),
        spec.refreshTokenBody(), spec.refreshTokenHeaders(), spec.refreshTokenResponseMap()), values);
    return (ObjectNode) Json.merge(credentials, fresh);
  }

  private synchronized Pending take() {
    Pending begun = pending;
    pending = null;
    if (begun == null) {
      throw invalid("no sign-in is under way: it was finished before, or never begun");
    }
    return begun;
  }

  private Map<String, Object> common() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("client_id", application.clientId());
    values.put("config", Template.values(config));
    return values;
  }

  private ObjectNode credentials(ObjectNode mapped) {
    ObjectNode credentials = Json.object().put("client_id", application.clientId()).put("client_secret",
        application.clientSecret().reveal());
    mapped.properties().forEach(member -> credentials.set(member.getKey(), member.getValue()));
    return credentials;
  }

  /** A call of the provider, as templates. */
  private record Call(String url, String method, String body, Map<String, JsonNode> headers,
      Map<String, JsonNode> responseMap) {}

  private ObjectNode exchange(Call call, Map<String, Object> values) throws InterruptedException {
    URI url = UrlGuard.render(templates, call.url(), values);
    boolean get = call.method().equalsIgnoreCase("GET");
    OutboundRequest request = OutboundRequest.of(get ? "GET" : "POST", url);
    ObjectNode headers = Json.object();
    call.headers().forEach(headers::set);
    String contentType = "application/json";
    boolean accept = false;
    for (Map.Entry<String, JsonNode> header : Json.parse(templates.render(Json.text(headers), values)).properties()) {
      String value = header.getValue().asString("");
      if (header.getKey().equalsIgnoreCase("content-type")) {
        contentType = value;
      } else {
        accept |= header.getKey().equalsIgnoreCase("accept");
        request = request.header(header.getKey(), value);
      }
    }
    if (!accept) {
      request = request.header("Accept", "application/json");
    }
    if (!get) {
      request = request.bytes(contentType, templates.render(call.body(), values).getBytes(StandardCharsets.UTF_8));
    }
    return map(answered(outbound.send(request), url), call.responseMap());
  }

  private static JsonNode answered(OutboundResult result, URI url) {
    switch (result) {
      case OutboundResult.Answered answer -> {
        String text = answer.body().text();
        if (!answer.ok()) {
          throw invalid(url.getHost() + " answered " + answer.status() + ": "
              + text.substring(0, Math.min(SHOWN, text.length())));
        }
        try {
          return Json.parse(text);
        } catch (IllegalArgumentException e) {
          throw new FairwayException(ErrorCode.INVALID, url.getHost() + " answered what is no JSON", e);
        }
      }
      case OutboundResult.Refused refused -> throw invalid(url + " is not called: " + refused.why());
      case OutboundResult.Failed failed -> throw invalid(url.getHost() + " gave no answer: " + failed.why());
      case OutboundResult.TimedOut late -> throw invalid(late.describe());
    }
  }

  private ObjectNode map(JsonNode response, Map<String, JsonNode> map) {
    if (!(response instanceof ObjectNode object)) {
      throw invalid("the provider's answer is no object");
    }
    if (map.isEmpty()) {
      return object;
    }
    ObjectNode mapped = Json.object();
    Map<String, Object> values = Template.values(object);
    map.forEach((name, rule) -> {
      String text = rule.asString("");
      if (!text.startsWith("/")) {
        mapped.put(name, templates.render(text, values));
      } else if (object.at(text).isMissingNode()) {
        throw invalid("the provider's answer has nothing at " + text + ", which " + name + " is made of; it has "
            + object.propertyNames());
      } else {
        mapped.set(name, object.at(text));
      }
    });
    return mapped;
  }

  private static String random(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static FairwayException invalid(String why) {
    return new FairwayException(ErrorCode.INVALID, why);
  }
}
