package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.channel.ChannelCheck;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.web.outbound.TokenSource;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Asks any endpoint whether it keeps to the Channel API. */
@Command(name = "check", mixinStandardHelpOptions = true, description = "Check whether an endpoint, ours or anybody's, keeps to the Channel API.", footer = {
    "", "It posts a few messages, so it is for endpoints that are being set up.",
    "", "Example:", "  fairway channel check https://endpoint.example/au/ --from AU --to SG"}, exitCodeList = {
        "0:a node can rely on it", "1:it cannot", "2:the request itself was wrong"})
public final class ChannelCheckCommand implements Callable<Integer> {
  @Mixin
  Output output = new Output();
  @Spec
  CommandSpec spec = CommandSpec.create();
  @Parameters(paramLabel = "URL", description = "the endpoint's base URL, to which /messages is appended")
  String url = "";
  @Option(names = "--from", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "whom the endpoint speaks for")
  String from = "";
  @Option(names = "--to", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "who gets the messages that are posted")
  String to = "";
  @Option(names = "--token", paramLabel = "JWT", defaultValue = "${FAIRWAY_TOKEN:-}", description = "bearer token (also from FAIRWAY_TOKEN)")
  String token = "";

  @Override
  public Integer call() throws InterruptedException {
    Jurisdiction own = jurisdiction(from);
    Jurisdiction receiver = jurisdiction(to);
    var endpoint = new HttpChannelConfig(base(), token.isEmpty() ? Optional.empty() : Optional.of(given()), true);
    List<ChannelCheck.Finding> findings;
    try (OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting())) {
      findings = new ChannelCheck(client, endpoint, own, receiver).run();
    }
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    findings.forEach(finding -> rows.addObject().put("verdict", word(finding.verdict())).put("check", finding.check())
        .put("seen", finding.seen()));
    output.table(out, rows, "nothing was checked", "verdict", "check", "seen");
    long failed = count(findings, ChannelCheck.Verdict.FAIL);
    if (!output.json) {
      out.println();
      out.println(failed == 0
          ? "A node can rely on this endpoint; " + count(findings, ChannelCheck.Verdict.PASS) + " checks passed, "
              + count(findings, ChannelCheck.Verdict.ABSENT) + " are beyond what it can do."
          : "A node cannot rely on this endpoint: " + failed + " of " + findings.size() + " checks failed.");
    }
    return failed == 0 ? 0 : 1;
  }

  private static long count(List<ChannelCheck.Finding> findings, ChannelCheck.Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }

  private static String word(ChannelCheck.Verdict verdict) {
    return verdict == ChannelCheck.Verdict.FAIL ? "FAIL" : verdict.name().toLowerCase(Locale.ROOT);
  }

  private TokenSource given() {
    Secret secret = new Secret(token);
    return new TokenSource() {
      @Override
      public Secret token() {
        return secret;
      }

      @Override
      public void discard(Secret refused) {
        // There is no other.
      }
    };
  }

  private URI base() {
    try {
      URI base = URI.create(url);
      if (base.getHost() != null && List.of("http", "https").contains(base.getScheme())) {
        return base;
      }
    } catch (IllegalArgumentException e) {
      throw notUrl(e);
    }
    throw notUrl(null);
  }

  private FairwayException notUrl(@org.jspecify.annotations.Nullable Throwable cause) {
    return new FairwayException(ErrorCode.INVALID,
        "\"" + url + "\" is not an endpoint's URL; write http://127.0.0.1:8080/channels/NAME/", cause);
  }

  private static Jurisdiction jurisdiction(String code) {
    try {
      return new Jurisdiction(code);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
