package dev.fairway.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import org.junit.jupiter.api.Test;

/** What a command says of a node that does not answer. */
class RemoteTest {
  private static String told(IOException e) {
    return String.valueOf(new Remote().unreachable(e).getMessage());
  }

  @Test
  void whereNobodyTakesTheCallThereIsNoNode() {
    assertThat(told(new ConnectException("Connection refused"))).contains("no node answers at http://127.0.0.1:8080")
        .contains("./fairway serve --profile dev");
    assertThat(told(new HttpConnectTimeoutException("HTTP connect timed out")))
        .contains("no node answers at http://127.0.0.1:8080").contains("--node");
  }

  @Test
  void whoTookTheCallIsNotSaidToBeAbsent() {
    assertThat(told(new HttpTimeoutException("request timed out")))
        .contains("the node at http://127.0.0.1:8080 did not answer in time");
    assertThat(told(new IOException("Connection reset")))
        .contains("the call to the node at http://127.0.0.1:8080 broke off");
  }
}
