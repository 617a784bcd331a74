package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import java.io.IOException;
import java.net.URI;
import tools.jackson.databind.JsonNode;

/** Calls to an agent with the bot's tokens; tokens that are refused are replaced, once. Safe for many threads. */
record SymphonyCalls(OutsideCalls http, SymphonyLogin login, String agentUrl) {
  private static final int UNAUTHORIZED = 401;

  Answered get(String path) throws IOException, InterruptedException {
    return send(OutsideCall.get(url(path)));
  }

  Answered post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(OutsideCall.postJson(url(path), body.toString()));
  }

  Answered post(String path, String contentType, byte[] body) throws IOException, InterruptedException {
    return send(OutsideCall.of("POST", url(path), contentType, body));
  }

  private URI url(String path) {
    return URI.create(agentUrl + path);
  }

  private Answered send(OutsideCall call) throws IOException, InterruptedException {
    SymphonyLogin.Tokens tokens = login.tokens();
    Answered answer = http.send(with(tokens, call));
    if (answer.status() != UNAUTHORIZED) {
      return answer;
    }
    login.forget(tokens);
    return http.send(with(login.tokens(), call));
  }

  private static OutsideCall with(SymphonyLogin.Tokens tokens, OutsideCall call) {
    return call.header("sessionToken", tokens.session().reveal()).header("keyManagerToken",
        tokens.keyManager().reveal());
  }
}
