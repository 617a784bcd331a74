package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import dev.fairway.node.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatatrustSettingsTest {
  private static final String MARKET = """
      datatrust:
        chain: { url: "http://127.0.0.1:8545" }
        operator-key: "1111111111111111111111111111111111111111111111111111111111111111"
        dns-name: data.example.org
        contracts: { %s }
      """
      .formatted(Stream.of("ether-token", "market-token", "voting", "parameterizer", "reserve", "datatrust", "listing")
          .map(name -> name + ": \"0x" + "1".repeat(40) + "\"").collect(Collectors.joining(", ")));

  private static Settings settings(String secrets) {
    return Settings.of("fairway.yaml", MARKET + secrets.indent(2), Path.of("/"), _ -> null);
  }

  @Test
  void blankSecretsOfTokensAreProblemsToldTogether() {
    Settings settings = settings("""
        jwt-secret: " "
        jwt-secret-before: ""
        """);
    assertThat(DatatrustSettings.from(settings.root(), false)).isEmpty();
    assertThatThrownBy(settings::check).hasMessageContaining("2 problems")
        .hasMessageFindingMatch("datatrust.jwt-secret +is blank")
        .hasMessageFindingMatch("datatrust.jwt-secret-before +is blank");
  }

  @Test
  void aMissingSecretIsTold() {
    Settings settings = settings("");
    assertThat(DatatrustSettings.from(settings.root(), false)).isEmpty();
    assertThatThrownBy(settings::check).hasMessageFindingMatch("datatrust.jwt-secret +is missing");
  }

  @Test
  void aShortSecretIsWarnedOfAlsoWhenItIsTheOldOne() {
    String enough = "a secret of a test, long enough for anyone";
    assertThat(warning(enough, enough)).isEmpty();
    assertThat(warning("short", enough)).contains("the jwt-secret;");
    assertThat(warning(enough, "short")).contains("the jwt-secret-before;");
    assertThat(warning("short", "brief")).contains("the jwt-secret and the jwt-secret-before;");
  }

  private static String warning(String secret, String before) {
    Settings settings = settings("jwt-secret: " + secret + "\njwt-secret-before: " + before + "\n");
    List<DatatrustSettings> markets = DatatrustSettings.from(settings.root(), false);
    settings.check();
    return markets.getFirst().toConfig(new Secret("seals")).warning().orElse("");
  }

  @Test
  void anAddressIsACallerUnlessAProxyIsInFront() {
    Settings settings = settings("jwt-secret: any");
    assertThat(DatatrustSettings.from(settings.root(), false).getFirst().callers().addressed()).isTrue();
    assertThat(DatatrustSettings.from(settings.root(), true).getFirst().callers().addressed()).isFalse();
  }
}
