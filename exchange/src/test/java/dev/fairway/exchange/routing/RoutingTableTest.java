package dev.fairway.exchange.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTableTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Jurisdiction NZ = new Jurisdiction("NZ");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Set<Jurisdiction> ALL = Set.of(AU, SG, NZ);

  private final Map<String, ChannelFacts> channels = new HashMap<>(
      Map.of("shared", ChannelFacts.inUse("shared", ALL, 4_000), "partner", ChannelFacts.inUse("partner", ALL, 4_000)));

  private static Message message(Jurisdiction receiver, String predicate) {
    return new Message(AU, receiver, "subject", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n", predicate);
  }

  private Decision route(Message message, Rule... rules) {
    return new RoutingTable(1, List.of(rules)).route(message, channels, key -> false, NOW);
  }

  @Test
  void firstRuleThatTakesTheMessageDecides() {
    Decision decision = route(message(SG, "UN.CEFACT.Trade.X"), Rule.to("nz", Match.allow("NZ"), List.of("partner")),
        Rule.to("sg", Match.allow("SG"), List.of("shared", "partner")), Rule.to("rest", Match.ANY, List.of("partner")));
    assertThat(decision).isInstanceOfSatisfying(Decision.Send.class, send -> {
      assertThat(send.rule().name()).isEqualTo("sg");
      assertThat(send.channels()).containsExactly("shared", "partner");
    });
    assertThat(decision.trace()).containsExactly(new Decision.Step("rule nz", "receiver SG is not [NZ]"),
        new Decision.Step("rule sg", "takes it"), new Decision.Step("channel shared", "can carry it"),
        new Decision.Step("channel partner", "can carry it"));
  }

  @Test
  void messageWithoutARuleHasNoRoute() {
    assertThat(route(message(SG, "a.b.c"), Rule.to("nz", Match.allow("NZ"), List.of("shared"))))
        .isInstanceOf(Decision.NoRoute.class);
    assertThat(route(message(SG, "a.b.c"))).isInstanceOf(Decision.NoRoute.class);
  }

  @Test
  void denyWinsOverAllow() {
    Rule rule = Rule.to("sg", Match.allow("SG"), List.of("shared"))
        .withPredicate(Match.allow("UN.CEFACT.*").denying("UN.CEFACT.Secret.*"));
    assertThat(route(message(SG, "UN.CEFACT.Trade.X"), rule)).isInstanceOf(Decision.Send.class);
    assertThat(route(message(SG, "UN.CEFACT.Secret.X"), rule)).isInstanceOf(Decision.NoRoute.class);
    assertThat(route(message(SG, "un.cefact.secret.x"), rule)).isInstanceOf(Decision.NoRoute.class);
  }

  @Test
  void channelWithoutTheReceiverIsPassedOver() {
    channels.put("shared", ChannelFacts.inUse("shared", Set.of(AU, NZ), 4_000));
    assertThat(route(message(SG, "a.b.c"), Rule.to("sg", Match.ANY, List.of("shared", "partner"))))
        .isInstanceOfSatisfying(Decision.Send.class, send -> assertThat(send.channels()).containsExactly("partner"));
  }

  @Test
  void channelThatIsTooSmallOrOutOfDateIsPassedOver() {
    channels.put("shared", ChannelFacts.inUse("shared", ALL, 20));
    channels.put("partner",
        new ChannelFacts("partner", ALL, 4_000, Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.of(NOW)));
    Decision decision = route(message(SG, "a.b.c"), Rule.to("sg", Match.ANY, List.of("shared", "partner", "ghost")));
    assertThat(decision).isInstanceOf(Decision.NoRoute.class);
    assertThat(decision.trace()).extracting(Decision.Step::finding).contains("is not configured",
        "is out of use since 2026-01-01T00:00:00Z");
  }

  @Test
  void unreachableChannelComesLast() {
    channels.put("shared", new ChannelFacts("shared", ALL, 4_000, Optional.empty(), Optional.of("5 failures in a row"),
        Optional.empty(), Optional.empty()));
    assertThat(route(message(SG, "a.b.c"), Rule.to("sg", Match.ANY, List.of("shared", "partner"))))
        .isInstanceOfSatisfying(Decision.Send.class,
            send -> assertThat(send.channels()).containsExactly("partner", "shared"));
  }

  @Test
  void channelThatHadItsShareComesLast() {
    Decision decision = new RoutingTable(1, List.of(Rule.to("sg", Match.ANY, List.of("shared", "partner"))))
        .route(message(SG, "a.b.c"), channels, "sg/shared"::equals, NOW);
    assertThat(((Decision.Send) decision).channels()).containsExactly("partner", "shared");
  }

  @Test
  void messageWaitsWhileAllItsChannelsAreInMaintenance() {
    channels.replaceAll((id, facts) -> new ChannelFacts(id, ALL, 4_000, Optional.of("until noon"), Optional.empty(),
        Optional.empty(), Optional.empty()));
    assertThat(route(message(SG, "a.b.c"), Rule.to("sg", Match.ANY, List.of("shared"))))
        .isInstanceOf(Decision.Wait.class);
  }

  @Test
  void ruleThatIsNeverReachedIsTold() {
    RoutingTable table = new RoutingTable(1, List.of(Rule.to("all", Match.allow("SG"), List.of("shared")),
        Rule.to("some", Match.allow("SG"), List.of("gone")).withPredicate(Match.allow("UN.CEFACT.*"))));
    assertThat(table.warnings(channels, NOW)).hasSize(2)
        .anySatisfy(text -> assertThat(text).contains("rule some is never reached: rule all"))
        .anySatisfy(text -> assertThat(text).contains("no such channel: gone"));
  }

  @ParameterizedTest
  @CsvSource({"a.b.*,a.b.c,true", "a.b.*,a.b,false", "a.b.*,a.bc.d,false", "*,anything,true", "a.b,a.b,true",
      "a.b,a.b.c,false", "a.b.*,A.B.c,false"})
  void patternTakesItselfOrWhatFollowsItsDot(String pattern, String value, boolean taken) {
    assertThat(new Pattern(pattern).matches(value, false)).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a*", "*.a", "a.*.b", "**", "a.**"})
  void starElsewhereIsRefused(String pattern) {
    assertThatThrownBy(() -> new Pattern(pattern)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void whatAPatternCoversItMatches(@ForAll @AlphaChars @StringLength(max = 50) String start, @ForAll String end) {
    String clean = start + "a.";
    Pattern wide = new Pattern(clean + "*");
    String value = clean + end + "b";
    assertThat(wide.matches(value, false)).isTrue();
    assertThat(Pattern.ANY.covers(wide)).isTrue();
  }
}
