package dev.fairway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.web.DevAuthenticator;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The channels, the rules and a message tried on them, as the page shows them. */
class ChannelsPageTest {
  private static final Pattern GUARD = Pattern.compile("name=\"guard\" value=\"([0-9a-f]+)\"");
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  @TempDir
  private static Path folder;
  private static ConsoleNode node;
  private static RoutingTable configured;

  @BeforeAll
  static void start() {
    node = new ConsoleNode(folder, new DevAuthenticator(), 0);
    configured = node.exchange.routing().table();
  }

  @AfterEach
  void asConfigured() {
    node.exchange.routing().replace(configured);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private String page(String query) throws Exception {
    HttpResponse<String> page = node.get("/channel" + query);
    assertThat(page.statusCode()).isEqualTo(200);
    return page.body();
  }

  private void act(String act, Map<String, String> fields) throws Exception {
    Matcher guard = GUARD.matcher(page(""));
    assertThat(guard.find()).isTrue();
    Map<String, String> form = new HashMap<>(fields);
    form.put("guard", guard.group(1));
    assertThat(node.post("/channel/act/" + act, form).statusCode()).isEqualTo(303);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void aChannelIsShownWithItsKindWhomItJoinsAndWhatItCarried() throws Exception {
    assertThat(page("")).contains("<b>shared</b>", "shared database", ">AU</span>", ">SG</span>", ">up</span>",
        "/api/channels'", ">all</b>").doesNotContain("/messages/AU:");
    String ref = node.message("AU.abn1.carried");
    await().atMost(SOON).untilAsserted(
        () -> assertThat(page("")).contains("data-label=\"Sent\" class=\"num\">1</td>", "href=\"/messages/" + ref));
  }

  @Test
  void aChannelIsTakenOutOfUseAndBackAndBothAreAudited() throws Exception {
    act("begin-maintenance", Map.of("channel", "shared", "reason", HOSTILE));
    assertThat(page("")).contains("shared is in maintenance", "&lt;img src=x onerror=alert(1)&gt;")
        .doesNotContain("<img src=x");
    assertThat(node.exchange.channels().find("shared").orElseThrow().maintenance()).contains(HOSTILE);
    act("end-maintenance", Map.of("channel", "shared"));
    assertThat(page("")).contains("shared is back in use.", ">up</span>");
    assertThat(node.get("/audit").body())
        .contains("channel.maintenance.begin", "channel.maintenance.end", "shared", "developer")
        .doesNotContain("<img src=x");
  }

  @Test
  void maintenanceNeedsAReasonThatColleaguesCanRead() throws Exception {
    act("begin-maintenance", Map.of("channel", "shared", "reason", "  "));
    assertThat(page("")).contains("reason must be a text of 1 to 500 characters");
    assertThat(node.exchange.channels().find("shared").orElseThrow().maintenance()).isEmpty();
  }

  @Test
  void aTriedMessageIsToldWhichRuleTookItAndTheCommandThatTriesTheSame() throws Exception {
    node.exchange.routing().replace(new RoutingTable(1,
        List.of(Rule.to("to New Zealand", Match.allow("NZ"), List.of("shared")),
            Rule.to(HOSTILE, Match.allow("SG").denying("XK"), List.of("shared")))));
    String body = page("?receiver=SG&predicate=" + encode("it's." + HOSTILE));
    assertThat(body).contains("receiver SG is not [NZ]", "takes it: over shared", "can carry it",
        "to SG, but not XK", "/api/routing/dry-run' -H 'Content-Type: application/json' -d '", "it'\\''s.")
        .doesNotContain("<img src=x");
  }

  @Test
  void aMessageThatCannotBeIsToldWhy() throws Exception {
    assertThat(page("?receiver=" + encode("<S") + "&predicate=x"))
        .contains("jurisdiction must be two upper-case letters, is \"&lt;S\"", "/api/channels'");
  }

  @Test
  void aRuleThatIsNeverReachedIsToldOf() throws Exception {
    node.exchange.routing().replace(new RoutingTable(1,
        List.of(Rule.to("first", Match.ANY, List.of("shared")),
            Rule.to("second", Match.ANY, List.of("gone")))));
    assertThat(page("")).contains("rule second is never reached", "no such channel: gone");
  }
}
