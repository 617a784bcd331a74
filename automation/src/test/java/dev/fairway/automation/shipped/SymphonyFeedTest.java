package dev.fairway.automation.shipped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.Secret;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SymphonyFeedTest {
  private static final int QUIET_READS = 20;
  private static final int FAR_TOO_MANY = 1_000;

  private final List<String> asked = new ArrayList<>();
  private int listsLeft;

  @Test
  void agentThatIsSilentIsAskedWhatItKnowsAfterSomeReadsAndGivenUpWhenItDoesNotAnswerThat() throws Exception {
    listsLeft = 2;
    var env = new TwinEnvironment<>(settings(), (OutsideCalls) this::answer, List.of());
    var feed = new SymphonyFeed(env,
        new SymphonyCalls(env.http(), new SymphonyLogin(env), env.settings().podUrl()));
    assertThatThrownBy(feed::follow).isInstanceOf(SocketTimeoutException.class);
    assertThat(asked).filteredOn(path -> path.endsWith("/read")).hasSize(2 * QUIET_READS);
    assertThat(asked).filteredOn("/agent/v5/datafeeds"::equals).hasSize(3);
    assertThat(asked).endsWith("/agent/v5/datafeeds");
  }

  /* An agent that answers nothing but a few times which datafeeds there are. */
  private OutsideCalls.Answered answer(OutsideCalls.OutsideCall call) throws SocketTimeoutException {
    String path = call.url().getPath();
    if (path.endsWith("/authenticate")) {
      return ok("{\"token\":\"t\"}");
    }
    asked.add(path);
    assertThat(asked).hasSizeLessThan(FAR_TOO_MANY);
    if (path.endsWith("/datafeeds") && listsLeft-- > 0) {
      return ok("[{\"id\":\"feed\"}]");
    }
    throw new SocketTimeoutException("silence");
  }

  private static OutsideCalls.Answered ok(String json) {
    return new OutsideCalls.Answered(200, Map.of(), json.getBytes(StandardCharsets.UTF_8));
  }

  private static SymphonyChat.Settings settings() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    String key = Base64.getEncoder().encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
    return new SymphonyChat.Settings("https://company.example", Optional.empty(), Optional.empty(), "harbour.bot",
        new Secret("-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n"), "Bot:Out", "Bot:In",
        Optional.empty());
  }
}
