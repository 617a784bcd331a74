package dev.fairway.exchange;

import static dev.fairway.exchange.TestNode.AU;
import static dev.fairway.exchange.TestNode.SG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes and a shared database, all of it real. */
class SharedDatabaseExchangeTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir
  Path folder;
  private TestNode au;
  private TestNode sg;

  @BeforeEach
  void start() {
    au = node(AU, SG, 1, false);
    sg = node(SG, AU, au.server.port(), false);
  }

  private TestNode node(Jurisdiction own, Jurisdiction other, int otherPort, boolean resend) {
    Map<Jurisdiction, DocumentPeer> peers = Map.of(other, TestNode.peer(otherPort));
    Rule rule = Rule.to("all", Match.ANY, List.of("shared"));
    return new TestNode(folder.resolve(own.code()), ExchangeConfig.of(own, peers,
        Map.of("shared",
            new ChannelConfig.SharedDatabase(new MediumHome.Folder(folder.resolve("medium")), Set.of(AU, SG))),
        List.of(resend ? rule.resending() : rule)));
  }

  @AfterEach
  void stop() {
    au.close();
    sg.close();
  }

  private StoredMessage arrived(MessageRef ref) {
    await().atMost(SOON).until(() -> sg.exchange.messages().find(ref).isPresent());
    return sg.exchange.messages().find(ref).orElseThrow();
  }

  @Test
  void messageAndItsDocumentsArrive() throws Exception {
    String image = au.uploaded(SG, "the image", "image/png");
    String missing = au.uploaded(SG, "the annex", "text/plain");
    String certificate = au.uploaded(SG,
        "{\"links\":[{\"name\":\"x.png\",\"link\":\"" + image + "\"},{\"link\":\"" + missing
            + "\"},{\"link\":\"../x\"}]}",
        "application/json");
    MessageRef ref = au.posted(TestNode.message(AU, SG, certificate));
    await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.CONFIRMED);
    assertThat(arrived(ref).state()).isEqualTo(MessageState.RECEIVED);
    await().atMost(SOON).until(() -> arrived(ref).documents() == StoredMessage.Documents.COMPLETE);
    HttpResponse<String> read = sg.get("/document-api/" + image + "?as_jurisdiction=SG");
    assertThat(read.body()).isEqualTo("the image");
    assertThat(read.headers().firstValue("content-type")).contains("image/png");
    StoredMessage.Carriage sent = au.exchange.messages().find(ref).orElseThrow().carriage().orElseThrow();
    StoredMessage.Carriage received = arrived(ref).carriage().orElseThrow();
    assertThat(sent).isEqualTo(received);
  }

  @Test
  void messagesSentWhileTheReceiverIsDownArriveOnceWhenItIsBack() throws Exception {
    sg.close();
    String document = au.uploaded(SG, "document", "text/plain");
    List<MessageRef> refs = new java.util.ArrayList<>();
    for (int i = 0; i < 20; i++) {
      refs.add(au.posted(TestNode.message(AU, SG, document).put("subject", "subject " + i)));
    }
    for (MessageRef ref : refs) {
      await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.CONFIRMED);
    }
    sg = node(SG, AU, au.server.port(), false);
    refs.forEach(this::arrived);
    assertThat(sg.exchange.messages().list(MessageTable.Filter.ALL, java.util.Optional.empty(), 100).messages())
        .hasSize(20);
  }

  @Test
  void documentUploadedAfterTheMessageIsFetched() throws Exception {
    String later = "uploaded later";
    String name = au.uploaded(TestNode.NZ, later, "text/plain");
    MessageRef ref = au.posted(TestNode.message(AU, SG, name));
    // Routing let the receiver read what the message names, so it is there even though it was uploaded for another.
    await().atMost(SOON).until(() -> sg.exchange.messages().find(ref)
        .filter(message -> message.documents() == StoredMessage.Documents.COMPLETE).isPresent());
  }

  @Test
  void messageTakenBackOnTheChannelIsRevokedOnBothSides() throws Exception {
    String document = au.uploaded(SG, "document", "text/plain");
    MessageRef ref = au.posted(TestNode.message(AU, SG, document));
    StoredMessage.Carriage carriage = arrived(ref).carriage().orElseThrow();
    await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.CONFIRMED);
    try (SharedDatabaseChannel operator = new SharedDatabaseChannel(new MediumHome.Folder(folder.resolve("medium")), AU,
        Set.of(AU, SG), InstantSource.system())) {
      assertThat(operator.change(carriage.id(), ChannelStatus.REVOKED)).isTrue();
    }
    await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.REVOKED);
    await().atMost(SOON).until(() -> arrived(ref).carriage().orElseThrow().status() == ChannelStatus.REVOKED);
    assertThat(au.get("/message-api/message/" + ref).body()).contains("\"status\":\"accepted\"")
        .contains("\"channel_status\":\"revoked\"");
    assertThat(au.get("/message-api/message/" + ref + "/journal").body()).contains("\"state\":\"revoked\"");
  }

  @Test
  void messageTakenBackIsSentAgainOnceWhereTheRuleSaysSo() throws Exception {
    au.close();
    au = node(AU, SG, sg.server.port(), true);
    MessageRef ref = au.posted(TestNode.message(AU, SG, "a.b.c"));
    String first = arrived(ref).carriage().orElseThrow().id();
    await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.CONFIRMED);
    try (SharedDatabaseChannel operator = new SharedDatabaseChannel(new MediumHome.Folder(folder.resolve("medium")), AU,
        Set.of(AU, SG), InstantSource.system())) {
      operator.change(first, ChannelStatus.REVOKED);
      await().atMost(SOON).until(() -> au.exchange.messages().find(ref).orElseThrow().sendings() == 2
          && au.state(ref).orElseThrow() == MessageState.CONFIRMED);
      await().atMost(SOON).until(() -> !arrived(ref).carriage().orElseThrow().id().equals(first));
      String second = arrived(ref).carriage().orElseThrow().id();
      operator.change(second, ChannelStatus.REVOKED);
      await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.REVOKED);
      assertThat(au.exchange.messages().find(ref).orElseThrow().sendings()).isEqualTo(2);
    }
    assertThat(sg.exchange.messages().list(MessageTable.Filter.ALL, java.util.Optional.empty(), 100).messages())
        .hasSize(1);
  }
}
