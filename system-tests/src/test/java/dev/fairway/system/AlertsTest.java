package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.node.pair.NodeProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules we ship speak of meters a started node has. */
class AlertsTest {
  private static final Pattern RULE = Pattern.compile("expr: (.*)");
  private static final Pattern METER = Pattern.compile("(?:fairway|process)_[a-z_]+");

  @Test
  void everyMeterOfAnAlertIsGiven(@TempDir Path folder) throws Exception {
    Path config = Files.writeString(folder.resolve("fairway.yaml"),
        """
            jurisdiction: AU
            listen: 127.0.0.1:0
            profile: dev
            dir: .
            exchange: { channels: { shared: { participants: [AU, SG] } } }
            datatrust:
              # Nobody is there: what is measured of a market is told all the same.
              chain: { url: "http://127.0.0.1:9", chain-id: 31337, timeout: 100ms }
              dns-name: data.example.org
              jwt-secret: a secret of a test, long enough for anyone
              operator-key: "%1$s"
              contracts: { ether-token: "%2$s", market-token: "%2$s", voting: "%2$s", parameterizer: "%2$s",
                reserve: "%2$s", datatrust: "%2$s", listing: "%2$s" }
            """.formatted("1".repeat(64), "0x" + "1".repeat(40)));
    String rules = Files.readString(Path.of("..", "docs", "operations", "alerts.yaml"));
    List<String> meters = RULE.matcher(rules).results().map(rule -> rule.group(1))
        .flatMap(rule -> METER.matcher(rule).results().map(MatchResult::group)).distinct().toList();
    assertThat(meters).hasSizeGreaterThan(5);
    try (NodeProcess node = NodeProcess.serve(config, folder.resolve("node.log"));
        HttpClient client = HttpClient.newHttpClient()) {
      URI base = node.start();
      assertThat(client.send(HttpRequest.newBuilder(base.resolve("/metrics")).build(), BodyHandlers.ofString()).body())
          .contains(meters);
    }
  }
}
