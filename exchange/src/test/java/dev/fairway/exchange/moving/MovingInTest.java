package dev.fairway.exchange.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.delivery.Works;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.testing.TestClock;
import dev.fairway.web.Json;
import dev.fairway.websub.hub.Hubs;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class MovingInTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Instant LONG_AGO = Instant.parse("2020-08-01T10:00:00Z");

  @TempDir
  Path folder;
  private final TestClock clock = new TestClock();
  private final List<String> leftOut = new ArrayList<>();
  private SqlStore store;
  private Blobs blobs;

  @BeforeEach
  void open() {
    store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("data")), clock, Exchange.ROOMS);
    blobs = new DiskBlobs(folder.resolve("blobs"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void put(String bucket, String key, String content) throws IOException {
    Path file = folder.resolve("old").resolve(bucket).resolve(key);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }

  private static ObjectNode message(String sender, String receiver, String ref, String obj) {
    return Json.object().put("sender", sender).put("receiver", receiver).put("subject", "a certificate")
        .put("obj", obj).put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created").put("sender_ref", ref);
  }

  private void message(ObjectNode content, ObjectNode fate) throws IOException {
    String place = content.path("sender").asString() + "/" + Keys.chunked(content.path("sender_ref").asString());
    put("messagelake", place + "/content.json", content.toString());
    put("messagelake", place + "/metadata.json", fate.toString());
  }

  private static ObjectNode fate(String status) {
    return Json.object().put("status", status);
  }

  private static String multihash(String document) throws Exception {
    return Multihash
        .of(BlobId.of(MessageDigest.getInstance("SHA-256").digest(document.getBytes(StandardCharsets.UTF_8))))
        .toString();
  }

  private Map<String, MovingIn.Tally> move(OldOutbox outbox, boolean dryRun) throws IOException {
    leftOut.clear();
    MovingIn.Watcher watcher = new MovingIn.Watcher() {
      @Override
      public void leftOut(String bucket, String key, String why) {
        leftOut.add(key + " " + why);
      }

      @Override
      public void done(String kind, long number) {
        // How far it has come is for people.
      }
    };
    return new MovingIn(store, blobs, AU, clock, dryRun, watcher)
        .run(new FolderObjects(folder.resolve("old")), MovingIn.Buckets.USUAL, outbox).stream()
        .collect(Collectors.toMap(MovingIn.Tally::kind, tally -> tally));
  }

  private static long taken(Map<String, MovingIn.Tally> tallies, String kind) {
    return java.util.Objects.requireNonNull(tallies.get(kind)).taken();
  }

  private Optional<StoredMessage> found(Jurisdiction sender, String ref) {
    return new Messages(store, AU, Works.ROUTE).find(new MessageRef(sender, ref));
  }

  private Map<String, Long> work() {
    return new WorkOverview(store).counts().stream()
        .collect(Collectors.toMap(WorkOverview.Count::kind, WorkOverview.Count::count, Long::sum));
  }

  @Test
  void wholeNodeMovesInAndDoingItAgainChangesNothing() throws Exception {
    String certificate = multihash("the certificate");
    put("objectlake", Keys.chunked(certificate), "the certificate");
    put("acl", Keys.chunked(certificate + "/SG"), "");
    put("acl", Keys.chunked(certificate + "/SG.json"), "{}");
    message(message("AU", "SG", "sent-long-ago", certificate),
        fate("accepted").put("channel_id", "0B6B1F2E").put("channel_txn_id", "7"));
    message(message("SG", "AU", "short", certificate), fate("received"));
    message(message("SG", "AU", "approved-by-a-business", certificate), fate("accepted"));
    put("subscriptions", "MESSAGE/0123456789abcdef",
        "{\"c\":\"https://portal.example/hook\",\"e\":\"" + clock.instant().plus(Duration.ofDays(3)).toString()
            .replace("Z", "") + "\"}");

    assertThat(taken(move(OldOutbox.none(), true), "messages")).isEqualTo(3);
    assertThat(found(AU, "sent-long-ago")).isEmpty();
    assertThat(blobs.find(Multihash.parse(certificate).flatMap(Multihash::blob).orElseThrow())).isEmpty();
    assertThat(work()).isEmpty();

    Map<String, MovingIn.Tally> first = move(OldOutbox.none(), false);
    assertThat(leftOut).isEmpty();
    assertThat(first.values()).extracting(MovingIn.Tally::taken).containsExactlyInAnyOrder(1L, 1L, 3L, 1L);
    StoredMessage sent = found(AU, "sent-long-ago").orElseThrow();
    assertThat(sent.state()).isEqualTo(MessageState.SENT_EARLIER);
    assertThat(sent.createdAt()).isEqualTo(LONG_AGO);
    assertThat(sent.carriage().orElseThrow().channel()).isEqualTo("0b6b1f2e");
    assertThat(found(SG, "short").orElseThrow().state()).isEqualTo(MessageState.RECEIVED);
    assertThat(found(SG, "short").orElseThrow().documents()).isEqualTo(StoredMessage.Documents.COMPLETE);
    assertThat(found(SG, "approved-by-a-business").orElseThrow().state()).isEqualTo(MessageState.APPROVED);
    assertThat(new Documents(store, blobs, AU).readers(Multihash.parse(certificate).orElseThrow())).containsExactly(SG);
    assertThat(work()).containsExactly(Map.entry(Hubs.VERIFY.name(), 1L));
    assertThat(store.journal().about("AU:sent-long-ago", 10)).isEmpty();

    Map<String, MovingIn.Tally> second = move(OldOutbox.none(), false);
    assertThat(leftOut).isEmpty();
    assertThat(List.of("messages", "documents", "rights to read")).allMatch(kind -> taken(second, kind) == 0);
    assertThat(work()).containsExactly(Map.entry(Hubs.VERIFY.name(), 1L));
  }

  @Test
  void documentThatIsStillMissingIsFetched() throws Exception {
    message(message("SG", "AU", "its-document-never-came", multihash("lost")), fate("received"));
    move(OldOutbox.none(), false);
    assertThat(found(SG, "its-document-never-came").orElseThrow().documents())
        .isEqualTo(StoredMessage.Documents.FETCHING);
    assertThat(work()).containsExactly(Map.entry(Works.FETCH.name(), 1L));
  }

  @Test
  void whatCannotBeTakenOverIsToldWithItsPlaceAndStopsNothingElse() throws Exception {
    String certificate = multihash("the certificate");
    put("objectlake", Keys.chunked(certificate), "other bytes");
    put("objectlake", "readme", "hello");
    put("acl", Keys.chunked(certificate + "/Singapore"), "");
    put("messagelake", "AU/broken/content.json", "{");
    put("messagelake", "AU/moved/content.json", message("AU", "SG", "elsewhere", "a.b.c").toString());
    message(message("NZ", "SG", "of-others", "a.b.c"), fate("received"));
    message(message("AU", "SG", "no-subject", "a.b.c").put("subject", ""), fate("accepted"));
    message(message("AU", "SG", "perhaps-sent", "a.b.c"), fate("pending"));
    message(message("AU", "SG", "fine", "a.b.c"), fate("accepted"));
    put("subscriptions", "MESSAGE/old", "{\"c\":\"https://portal.example/hook\",\"e\":\"2020-08-01T10:00:00\"}");
    put("subscriptions", "MESSAGE/file", "{\"c\":\"file:///etc/passwd\"}");

    Map<String, MovingIn.Tally> tallies = move(OldOutbox.none(), false);

    assertThat(taken(tallies, "messages")).isEqualTo(1);
    assertThat(leftOut).hasSize(10).anyMatch(line -> line.endsWith(" has other bytes than its name says"))
        .contains("readme \"readme\" is not the multihash of a SHA-256",
            "AU/moved/content.json tells of message AU:elsewhere, which belongs at AU/elsewhere",
            "NZ/of-others/content.json is from NZ to SG, and we are AU",
            "AU/perha/ps-sent/content.json is pending, and without the outbox nobody knows whether it was sent",
            "MESSAGE/old has ended, or is about to: 2020-08-01T10:00:00Z")
        .anyMatch(line -> line.startsWith("AU/broken/content.json is not JSON"))
        .anyMatch(line -> line.startsWith("AU/no-subject/content.json subject must have 1 to 2048 characters"))
        .anyMatch(line -> line.startsWith("MESSAGE/file Unsupported url scheme"));
  }

  @Test
  void outboxSaysWhichPendingMessagesMayBeSent() throws Exception {
    for (String ref : List.of("pending", "sending", "accepted", "rejected", "forgotten")) {
      message(message("AU", "SG", ref, "a.b.c"), fate("pending"));
    }
    try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE message (id serial PRIMARY KEY, sender varchar(16) NOT NULL,"
            + " sender_ref varchar(256) NOT NULL, status varchar(12) DEFAULT 'accepted')");
        for (String ref : List.of("pending", "sending", "accepted", "rejected")) {
          statement
              .execute("INSERT INTO message (sender, sender_ref, status) VALUES ('AU', '" + ref + "', '" + ref + "')");
        }
      }
      try (OldOutbox outbox = OldOutbox.open(server.getJdbcUrl("postgres", "postgres"), "postgres",
          new dev.fairway.core.Secret("postgres"))) {
        move(outbox, false);
      }
    }
    assertThat(found(AU, "pending").orElseThrow().state()).isEqualTo(MessageState.QUEUED);
    assertThat(found(AU, "accepted").orElseThrow().state()).isEqualTo(MessageState.SENT_EARLIER);
    assertThat(work()).containsExactly(Map.entry(Works.ROUTE.name(), 1L));
    assertThat(leftOut).hasSize(3).anyMatch(line -> line.contains("\"sending\" in the outbox"))
        .anyMatch(line -> line.contains("\"rejected\" in the outbox"))
        .anyMatch(line -> line.contains("not in the outbox"));
  }

  @Test
  void keyIsSplitAsOlderNodesDid() {
    assertThat(Keys.chunked("0123456789")).isEqualTo("0123456789");
    assertThat(Keys.chunked("0123456789a")).isEqualTo("01234/56789a");
    for (String key : List.of("a", "0123456789", "0123456789a", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n/SG",
        "abcd/efghijkl")) {
      assertThat(Keys.whole(Keys.chunked(key))).isEqualTo(key);
    }
  }
}
