package dev.fairway.exchange;

import static dev.fairway.exchange.TestNode.AU;
import static dev.fairway.exchange.TestNode.SG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.ChannelCheck;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Routing and channels as an operator manages them, and the check of an endpoint. */
class RoutingApiTest {
  @TempDir
  Path folder;
  private TestNode au;

  @BeforeEach
  void start() {
    open("sg");
  }

  private void open(String rule) {
    au = new TestNode(folder.resolve("au"), ExchangeConfig.of(AU, Map.of(),
        Map.of("shared",
            new ChannelConfig.SharedDatabase(new MediumHome.Folder(folder.resolve("medium")), Set.of(AU, SG))),
        List.of(Rule.to(rule, Match.allow("SG"), List.of("shared")))));
  }

  @AfterEach
  void stop() {
    au.close();
  }

  private HttpResponse<String> put(String path, String body) throws Exception {
    return au.send(au.request(path).header("Content-Type", "application/json")
        .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode shown() throws Exception {
    return Json.parse(au.get("/api/routing").body());
  }

  @Test
  void rulesAreReplacedBroughtBackAndKeptAcrossARestart() throws Exception {
    assertThat(shown().get("version").intValue()).isEqualTo(1);
    String rules = "{\"seen\":1,\"note\":\"trade only\",\"rules\":[{\"name\":\"trade\",\"receiver\":[\"SG\"],"
        + "\"predicate\":{\"allow\":[\"UN.CEFACT.*\"],\"deny\":[\"UN.CEFACT.Secret.*\"]},\"channels\":[\"shared\"]}]}";
    assertThat(put("/api/routing", rules).statusCode()).isEqualTo(200);
    assertThat(put("/api/routing", rules).statusCode()).as("its author has not seen version 2").isEqualTo(409);
    au.close();
    open("sg");
    assertThat(shown().get("version").intValue()).isEqualTo(2);
    assertThat(shown().get("rules").get(0).get("name").stringValue()).isEqualTo("trade");
    assertThat(au.postJson("/api/routing/rollback", "{\"seen\":2,\"to\":1}").statusCode()).isEqualTo(200);
    assertThat(shown().get("rules").get(0).get("name").stringValue()).isEqualTo("sg");
    au.close();
    open("renamed in the file");
    assertThat(shown().get("version").intValue()).isEqualTo(4);
    assertThat(shown().get("rules").get(0).get("name").stringValue()).isEqualTo("renamed in the file");
  }

  @Test
  void ruleWithAnUnknownChannelIsRefusedWithAllFaults() throws Exception {
    assertThat(put("/api/routing", "{\"seen\":1,\"rules\":[{\"channels\":[\"ghost\"]}]}").body())
        .contains("no such channel: ghost");
    assertThat(put("/api/routing", "{\"seen\":1,\"rules\":[{\"colour\":1},{\"channels\":[]}]}").body())
        .contains("rules[0]").contains("rules[1]");
  }

  @Test
  void dryRunExplains() throws Exception {
    JsonNode decision = Json.parse(au.postJson("/api/routing/dry-run",
        "{\"message\":{\"receiver\":\"NZ\",\"predicate\":\"a.b.c\"}}").body());
    assertThat(decision.get("decision").stringValue()).isEqualTo("no route");
    assertThat(decision.get("trace").get(0).get("finding").stringValue()).isEqualTo("receiver NZ is not [SG]");
  }

  @Test
  void olderRoutingTableBecomesRules() throws Exception {
    JsonNode imported = Json.parse(au.postJson("/api/routing/import", """
        [{"Id":"0b6b1f2e-5f0e-4f0e-9a57-6a2f1f3c9d10","Name":"to SG","Jurisdiction":"SG","Predicate":"UN.CEFACT.",
          "ChannelUrl":"http://172.17.0.1:8180/","ChannelAuth":"None"},
         {"Jurisdiction":"GB","Predicate":"","ChannelUrl":"https://gb.example/"}]""").body());
    assertThat(imported.get("rules").get(0).get("predicate").get("allow").get(0).stringValue())
        .isEqualTo("UN.CEFACT.*");
    assertThat(imported.get("channels").get(1).get("id").stringValue()).isEqualTo("row-2");
    assertThat(au.postJson("/api/routing/import", "[{\"Jurisdiction\":\"SG\"}]").body())
        .contains("ChannelUrl is missing");
  }

  @Test
  void maintenanceOutlivesARestart() throws Exception {
    assertThat(put("/api/channels/shared/maintenance", "{\"reason\":\"until noon\"}").statusCode()).isEqualTo(200);
    au.close();
    open("sg");
    assertThat(Json.parse(au.get("/api/channels").body()).get("items").get(0).get("maintenance").stringValue())
        .isEqualTo("until noon");
    assertThat(au.send(au.request("/api/channels/shared/maintenance").DELETE()).statusCode()).isEqualTo(200);
    assertThat(Json.parse(au.get("/api/channels").body()).get("items").get(0).get("maintenance").isNull()).isTrue();
  }

  private static List<ChannelCheck.Finding> check(URI endpoint) throws InterruptedException {
    try (OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting())) {
      return new ChannelCheck(client, new HttpChannelConfig(endpoint, Optional.empty(), true), AU, SG).run();
    }
  }

  @Test
  void ourEndpointPassesEveryCheck() throws Exception {
    assertThat(check(URI.create(au.server.baseUrl() + "/channels/shared")))
        .allSatisfy(finding -> assertThat(finding.verdict()).as(finding.toString())
            .isEqualTo(ChannelCheck.Verdict.PASS));
  }

  @Test
  void wrongEndpointFailsWithReasons() throws Exception {
    Door wrong = new Door("wrong", "/wrong", ErrorStyle.LEGACY,
        List.of(
            Route.post("/messages", "Takes anything").anyone().handle(call -> call.json(200, Map.of("status", "odd"))),
            Route.get("/messages/{id}", "Shows nothing").anyone().handle(call -> call.json(200, Map.of()))));
    try (WebServer server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), List.of(wrong))) {
      assertThat(check(URI.create(server.baseUrl() + "/wrong")))
          .filteredOn(finding -> finding.verdict() == ChannelCheck.Verdict.FAIL)
          .extracting(ChannelCheck.Finding::check)
          .contains("the answer has an id", "a message in another's name is refused with 4xx");
    }
  }
}
