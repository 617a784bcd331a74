package dev.fairway.evm.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.FlakyNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Logs from a provider that limits what may be asked, lacks blocks or lags. */
class ProviderFaultsTest extends LogFollowerFixture {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void providerThatLimitsRangesIsReadInSmallerOnes() throws Exception {
    for (int i = 0; i < 40; i++) {
      emit(1);
      chain.mine(2);
    }
    chain.mine(30);
    Pattern range = Pattern.compile("\"fromBlock\":\"0x([0-9a-f]+)\",\"toBlock\":\"0x([0-9a-f]+)\"");
    provider.weather(request -> {
      Matcher blocks = range.matcher(request);
      boolean tooMany = blocks.find() && Long.parseLong(blocks.group(2), 16) - Long.parseLong(blocks.group(1), 16) >= 7;
      return tooMany ? Optional.of(refusal(request, "query exceeds max block range 7")) : Optional.empty();
    });
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).hasSize(40);
  }

  @Test
  void providerThatRefusesTheLogsOfASingleBlockIsReadByReceipts() throws Exception {
    emit(3);
    emit(1);
    chain.mine(2);
    provider.weather(request -> request.contains("eth_getLogs")
        ? Optional.of(refusal(request, "query returned more than 0 results"))
        : Optional.empty());
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).hasSize(4);
  }

  /** Answers the logs with an error and whatever block is asked for besides with the node's own answer. */
  private static FlakyNode.Bad refusal(String request, String words) {
    StringBuilder answer = new StringBuilder("[");
    Matcher call = Pattern.compile("\"id\":(\\d+),\"method\":\"(\\w+)\",\"params\":\\[(\"0x[0-9a-f]+\")?")
        .matcher(request);
    while (call.find()) {
      answer.append(answer.length() > 1 ? "," : "").append("{\"jsonrpc\":\"2.0\",\"id\":").append(call.group(1));
      if (call.group(2).equals("eth_getLogs")) {
        answer.append(",\"error\":{\"code\":-32005,\"message\":\"").append(words).append("\"}}");
      } else {
        String number = String.valueOf(call.group(3)).replace("\"", "");
        String block = chain.rpc().call("eth_getBlockByNumber", number, false).toString();
        answer.append(",\"result\":").append(block).append("}");
      }
    }
    return new FlakyNode.Bad(200, answer.append("]").toString());
  }

  @Test
  void providerThatLacksABlockIsToldInClearWordsAndNothingIsMissed() throws Exception {
    emit(1);
    catchUp();
    emit(1);
    long lacking = chain.height();
    chain.mine(2);
    provider.weather(request -> request.contains("eth_getBlockByNumber\",\"params\":[\"" + Hex.of(lacking) + "\"")
        ? Optional.of(without(request, Hex.of(lacking)))
        : Optional.empty());
    assertThatThrownBy(this::catchUp).hasMessageContaining("have not fitted together")
        .hasMessageContaining("does not have block " + lacking);
    assertThat(told.standing()).hasSize(1);
    provider.fair();
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).hasSize(2);
  }

  /** Answers a call or a batch as the node does, except for a block that it says it does not have. */
  private static FlakyNode.Bad without(String request, String number) {
    JsonNode asked = JSON.readTree(request);
    if (asked.isObject()) {
      return new FlakyNode.Bad(200, answer(asked, number).toString());
    }
    ArrayNode answers = JSON.createArrayNode();
    asked.forEach(call -> answers.add(answer(call, number)));
    return new FlakyNode.Bad(200, answers.toString());
  }

  private static JsonNode answer(JsonNode call, String lacking) {
    Object[] params = call.path("params").valueStream().toArray();
    boolean lacks = call.path("params").path(0).asString("").equals(lacking);
    return JSON.createObjectNode().put("jsonrpc", "2.0").set("id", call.path("id")).set("result",
        lacks ? JSON.nullNode() : chain.rpc().call(call.path("method").stringValue(), params));
  }

  @Test
  void providerThatLagsIsWaitedFor() throws Exception {
    emit(1);
    catchUp();
    String old = chain.rpc().call("eth_getBlockByNumber", "latest", false).toString();
    emit(1);
    catchUp();
    provider.weather(request -> {
      Matcher id = Pattern.compile("\"id\":(\\d+)").matcher(request);
      if (!request.contains("latest") || !id.find()) {
        return Optional.empty();
      }
      String first = "{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + ",\"result\":" + old + "}";
      return Optional.of(new FlakyNode.Bad(200, id.find()
          ? "[" + first + ",{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + ",\"result\":null}]"
          : first));
    });
    assertThat(follower.runOnce()).isZero();
    assertThat(told.standing()).hasSize(2);
    provider.fair();
    catchUp();
    assertThat(told.events()).noneMatch(LogEvent.Retracted.class::isInstance);
  }
}
