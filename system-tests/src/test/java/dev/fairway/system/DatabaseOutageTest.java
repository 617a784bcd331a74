package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.web.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away and comes back: the node says so, waits, and goes on; what it had acknowledged is there. */
class DatabaseOutageTest {
  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir
  private Path folder;

  private static HttpResponse<String> post(ServedNode node, String ref) throws Exception {
    return node.post("/message-api/message", "application/json",
        Json.object().put("sender", "AU").put("receiver", "SG").put("subject", "outage")
            .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n").put("predicate", "a.b.c")
            .put("sender_ref", ref).toString());
  }

  @Test
  void nodeOutlivesItsDatabase() throws Exception {
    try (Database database = Database.start(folder.resolve("postgres"));
        ServedNode node = ServedNode.start(folder, "au", "AU", database.settings())) {
      Set<String> acknowledged = new TreeSet<>();
      for (int i = 0; i < 20; i++) {
        assertThat(post(node, "before-" + i).statusCode()).isEqualTo(201);
        acknowledged.add("before-" + i);
      }
      database.stop();
      HttpResponse<String> refused = post(node, "during");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(node.send(node.to("/health/ready")).statusCode()).isEqualTo(503);
      assertThat(node.send(node.to("/health/live")).statusCode()).isEqualTo(200);
      database.startAgain();
      await().atMost(LONG).until(() -> post(node, "after").statusCode() == 201);
      acknowledged.add("after");
      assertThat(node.send(node.to("/health/ready")).statusCode()).isEqualTo(200);
      Set<String> held = new TreeSet<>();
      node.json("/message-api/messages?limit=500").path("items")
          .forEach(message -> held.add(message.path("sender_ref").stringValue()));
      assertThat(held).containsAll(acknowledged);
      await().atMost(LONG).untilAsserted(() -> assertThat(node.json("/message-api/messages?limit=500").path("items"))
          .allMatch(message -> message.path("status").stringValue().equals("rejected")));
    }
  }

  @Test
  void nodeStartedBeforeItsDatabaseWaitsForIt() throws Exception {
    try (Database database = Database.start(folder.resolve("postgres"))) {
      database.stop();
      CompletableFuture<ServedNode> starting = CompletableFuture.supplyAsync(() -> {
        try {
          return ServedNode.start(folder, "au", "AU", database.settings());
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      Path log = folder.resolve("au/log");
      await().atMost(LONG).until(() -> java.nio.file.Files.exists(log)
          && java.nio.file.Files.readString(log).contains("database"));
      assertThat(starting).isNotDone();
      database.startAgain();
      try (ServedNode node = starting.get(3, TimeUnit.MINUTES)) {
        assertThat(post(node, "first").statusCode()).isEqualTo(201);
      }
    }
  }
}
