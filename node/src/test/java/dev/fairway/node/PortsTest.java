package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.web.WebConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aPortThatIsTakenIsWaitedForAndToldInOneSentence() throws IOException {
    List<String> told = new ArrayList<>();
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      WebConfig listener = WebConfig.at("127.0.0.1", holder.getLocalPort());
      Ports.awaitFree(Map.of("doors.api.listen", listener), sentence -> {
        told.add(sentence);
        if (told.size() == 2) {
          release(holder);
        }
      });
      assertThat(Ports.trouble(listener)).isEmpty();
      assertThat(told).hasSize(2).allSatisfy(sentence -> assertThat(sentence).contains("the port is taken")
          .contains("127.0.0.1:" + listener.port()).contains("choose another with doors.api.listen:"));
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNotWaitedFor() {
    WebConfig listener = WebConfig.at("192.0.2.1", 8080);
    assertThat(Ports.trouble(listener)).isPresent();
    Ports.awaitFree(Map.of("listen", listener), sentence -> assertThat(sentence).isNull());
  }

  private static void release(ServerSocket holder) {
    try {
      holder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
