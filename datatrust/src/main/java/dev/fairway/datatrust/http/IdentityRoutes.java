package dev.fairway.datatrust.http;

import dev.fairway.core.store.Store;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.identity.LogIn;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.evm.Address;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Logging in, and what account holders agreed to. */
final class IdentityRoutes {
  private static final Map<String, String> LOG_IN = new LinkedHashMap<>();

  static {
    LOG_IN.put("message", "The message presented to the client to sign (text or hashed)");
    LOG_IN.put("signature", "The result of signing the message");
    LOG_IN.put("public_key", "Public key from the authorizing client");
  }

  private final LogIn logIn;
  private final Tokens tokens;
  private final Consents consents;

  IdentityRoutes(Store store, LogIn logIn, Tokens tokens, DatatrustConfig config) {
    this.logIn = logIn;
    this.tokens = tokens;
    this.consents = new Consents(store, config.market());
  }

  List<Route> routes() {
    return List.of(
        Route.post("/authorize/", "Logs in by a signed message").anyone().answers(200, "tokens")
            .handle(Wire.collection(this::authorize)),
        Route.get("/authorize/", "Trades a refresh token for new tokens").anyone().query("refresh", "whether to")
            .answers(200, "tokens").handle(Wire.collection(this::refresh)),
        Route.delete("/authorize/", "Logs out: the token, and all that came of its log-in, are taken back").anyone()
            .answers(204, "they are").handle(Wire.collection(this::logOut)),
        Route.get("/authorize/nonce", "A nonce for a sign-in message (EIP-4361)").anyone().answers(200, "the nonce")
            .handle(Wire.item(this::nonce)),
        Route.get("/consent/", "What an account holder agreed to last").anyone().query("owner", "the account")
            .answers(200, "the consent").handle(Wire.collection(this::consent)),
        Route.post("/consent/", "Agrees to something").anyone().answers(201, "it is kept")
            .handle(Wire.collection(this::agree)));
  }

  private void authorize(Call call) throws IOException {
    Map<String, String> given = Arguments.texts(Arguments.body(call), LOG_IN);
    String account = given.getOrDefault("public_key", "");
    if (!logIn.holds(given.getOrDefault("message", ""), given.getOrDefault("signature", ""), account)) {
      throw CapiError.of(401, CapiError.UNAUTHORIZED);
    }
    answer(call, tokens.issue(account));
  }

  private void refresh(Call call) throws IOException {
    String wanted = call.query("refresh").orElse("");
    if (wanted.isEmpty() || wanted.equalsIgnoreCase("false")) {
      ObjectNode nothing = Json.object();
      Wire.json(call, 200, nothing.putNull("message").putNull("access_token").putNull("refresh_token"));
      return;
    }
    answer(call, tokens.refresh(call.header("Authorization")));
  }

  private void logOut(Call call) {
    tokens.logOut(call.header("Authorization"));
    call.empty(204);
  }

  private static void answer(Call call, Tokens.Pair pair) throws IOException {
    call.with("Cache-Control", "no-store");
    Wire.json(call, 200, Json.object().put("message", "Signed message verified, access authorized")
        .put("access_token", pair.access()).put("refresh_token", pair.refresh()));
  }

  private void nonce(Call call) throws IOException {
    call.with("Cache-Control", "no-store");
    Wire.json(call, 200, Json.object().put("nonce", logIn.nonce()));
  }

  private void consent(Call call) throws IOException {
    Address owner = call.query("owner").filter(text -> !text.isEmpty())
        .map(text -> Wire.address(text)
            .orElseThrow(() -> CapiError.argument("owner", "The account is no address: " + text)))
        .orElseGet(() -> tokens.holder(call.header("Authorization")).account());
    Consents.Consent consent = consents.latest(owner)
        .orElseThrow(() -> CapiError.of(404, CapiError.NO_RESULTS));
    Wire.json(call, 200, Json.object().put("timestamp", consent.timestamp()).put("from_us", consent.fromUs())
        .put("version", consent.version()));
  }

  private void agree(Call call) throws IOException {
    Tokens.Holder holder = tokens.holder(call.header("Authorization"));
    JsonNode body = Arguments.body(call);
    Map<String, String> errors = new LinkedHashMap<>();
    Arguments.wrongNumber(body, "timestamp", "When the user agreed").ifPresent(e -> errors.put("timestamp", e));
    Optional<JsonNode> fromUs = Optional.ofNullable(body.get("from_us")).filter(JsonNode::isBoolean);
    if (fromUs.isEmpty()) {
      errors.put("from_us", "Whether the user is a US person Missing required parameter in the JSON body");
    }
    Arguments.wrongNumber(body, "version", "Which text was agreed to").ifPresent(e -> errors.put("version", e));
    if (!errors.isEmpty()) {
      throw CapiError.arguments(errors);
    }
    consents.add(holder.account(), new Consents.Consent(body.path("timestamp").asLong(),
        fromUs.map(JsonNode::booleanValue).orElse(false), body.path("version").asLong()));
    Wire.json(call, 201,
        Json.object().put("message", "Consent upload success").put("consenter", holder.identity()));
  }
}
