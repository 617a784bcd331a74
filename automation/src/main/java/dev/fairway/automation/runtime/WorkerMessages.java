package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a worker and its node say to each other: JSON, a line each. The node says once what integration to make, and then
 * which request to answer; the worker asks for what it needs from the node while it answers, and ends with a decision.
 */
final class WorkerMessages {
  private WorkerMessages() {}

  /**
   * The integration a worker makes for itself.
   *
   * @param jars of its package; empty when it is on the node's class path
   */
  record Start(String id, String integration, List<String> jars, Party party, Optional<String> mainPackage,
      Map<String, String> settings) {
    ObjectNode json() {
      ObjectNode json = StoredValue.object().put("id", id).put("integration", integration).put("party", party.name());
      mainPackage.ifPresent(name -> json.put("package", name));
      jars.forEach(json.putArray("jars")::add);
      ObjectNode values = json.putObject("settings");
      settings.forEach(values::put);
      return json;
    }

    static Start of(JsonNode json) {
      return new Start(json.path("id").asString(), json.path("integration").asString(),
          json.path("jars").valueStream().map(JsonNode::asString).toList(), new Party(json.path("party").asString()),
          Optional.ofNullable(json.get("package")).map(JsonNode::asString), texts(json.path("settings")));
    }
  }

  private static Map<String, String> texts(JsonNode object) {
    var texts = new LinkedHashMap<String, String>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
    return texts;
  }

  static ObjectNode request(String handler, Decision.Asked asked) {
    ObjectNode json = StoredValue.object().put("handler", handler).put("key", asked.attempt().idempotencyKey())
        .put("number", asked.attempt().number()).put("maybeDone", asked.attempt().maybeDone())
        .put("dryRun", asked.attempt().dryRun()).put("deadline", asked.deadline().toString());
    json.set("contract", StoredValue.node(asked.contract()));
    return json;
  }

  static Decision.Asked request(JsonNode json, BooleanSupplier cancelled) {
    Contract contract = StoredValue.contract(json.path("contract"));
    var attempt = new Attempt(json.path("key").asString(), json.path("number").asInt(),
        json.path("maybeDone").asBoolean(), json.path("dryRun").asBoolean());
    return new Decision.Asked(contract, attempt, Instant.parse(json.path("deadline").asString()), cancelled);
  }

  static ObjectNode decision(Decision decision) {
    ObjectNode json = StoredValue.object();
    switch (decision) {
      case Decision.Accept(LedgerValue.Struct argument) ->
        json.put("decided", "accept").set("argument", StoredValue.node(argument));
      case Decision.Reject(RequestReason reason, Optional<LedgerValue.Struct> argument) -> {
        json.put("decided", "reject").put("code", reason.code()).put("message", reason.message()).put("retryable",
            reason.retryable());
        ObjectNode details = json.putObject("details");
        reason.details().forEach(details::put);
        argument.ifPresent(value -> json.set("argument", StoredValue.node(value)));
      }
      case Decision.Later(Duration after, String why) ->
        json.put("decided", "later").put("after", after.toString()).put("why", why);
    }
    return json;
  }

  static Decision decision(JsonNode json) {
    return switch (json.path("decided").asString()) {
      case "accept" -> new Decision.Accept(struct(json.path("argument")));
      case "reject" -> new Decision.Reject(new RequestReason(json.path("code").asString(),
          json.path("message").asString(), texts(json.path("details")), json.path("retryable").asBoolean()),
          Optional.ofNullable(json.get("argument")).map(WorkerMessages::struct));
      case "later" -> new Decision.Later(Duration.parse(json.path("after").asString()), json.path("why").asString());
      default -> throw failure(json);
    };
  }

  private static LedgerValue.Struct struct(JsonNode json) {
    return (LedgerValue.Struct) StoredValue.value(json);
  }

  /** What was thrown, so that the other side throws something that is treated alike. */
  static ObjectNode failure(Throwable thrown) {
    ObjectNode json = StoredValue.object().put("threw", String.valueOf(thrown instanceof FairwayException
        ? thrown.getMessage()
        : thrown));
    if (thrown instanceof FairwayException known) {
      json.put("code", known.code().name());
    }
    return json.put("io", thrown instanceof IOException);
  }

  static RuntimeException failure(JsonNode json) {
    String text = json.path("threw").asString("a worker said what nobody understands: " + json);
    return json.has("code")
        ? new FairwayException(ErrorCode.valueOf(json.path("code").asString()), text)
        : new IllegalStateException(text);
  }

  static ObjectNode call(OutsideCall call) {
    ObjectNode json = StoredValue.object().put("ask", "http").put("method", call.method())
        .put("url", call.url().toString()).put("body", Base64.getEncoder().encodeToString(call.body()));
    ObjectNode headers = json.putObject("headers");
    call.headers().forEach(headers::put);
    return json;
  }

  static OutsideCall call(JsonNode json) {
    Map<String, String> headers = texts(json.path("headers"));
    OutsideCall call = OutsideCall.of(json.path("method").asString(), URI.create(json.path("url").asString()),
        headers.getOrDefault("Content-Type", "application/octet-stream"),
        Base64.getDecoder().decode(json.path("body").asString()));
    for (Map.Entry<String, String> header : headers.entrySet()) {
      call = call.header(header.getKey(), header.getValue());
    }
    return call;
  }

  static ObjectNode answered(Answered answered) {
    ObjectNode json = StoredValue.object().put("status", answered.status()).put("body",
        Base64.getEncoder().encodeToString(answered.body()));
    ObjectNode headers = json.putObject("headers");
    answered.headers().forEach(headers::put);
    return json;
  }

  static Answered answered(JsonNode json) throws IOException {
    if (json.path("io").asBoolean()) {
      throw new IOException(json.path("threw").asString());
    }
    if (json.has("threw")) {
      throw failure(json);
    }
    return new Answered(json.path("status").asInt(), texts(json.path("headers")),
        Base64.getDecoder().decode(json.path("body").asString()));
  }
}
