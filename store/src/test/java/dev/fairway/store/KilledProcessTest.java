package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process with a real store, killed at a random moment under load, several times on the same folder. */
class KilledProcessTest {
  private static final int KILLS = 4;

  @TempDir
  Path directory;

  @Test
  void whatWasAcknowledgedIsThereAndEveryEffectHappenedOnce() throws Exception {
    long seed = System.nanoTime();
    System.out.println("KilledProcessTest seed " + seed);
    Random random = new Random(seed);
    Set<String> acknowledged = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged.addAll(runAndKill("run" + kill, 200 + random.nextInt(600)));
    }
    assertThat(acknowledged).isNotEmpty();
    Handlers handlers = new Handlers().add(Child.JOB, Child::handle);
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), List.of());
        Workers workers = new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT)) {
      workers.runAll();
      List<Event> events = new java.util.ArrayList<>();
      for (long after = 0; after < store.journal().end(); after = events.getLast().offset()) {
        events.addAll(store.journal().read(after, 10_000));
      }
      List<String> accepted = subjects(events, "child.accepted");
      List<String> done = subjects(events, "child.done");
      assertThat(accepted).containsAll(acknowledged).doesNotHaveDuplicates();
      assertThat(done).as("seed " + seed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accepted);
      assertThat(new WorkOverview(store).counts()).isEmpty();
      for (int i = 0; i < events.size(); i++) {
        assertThat(events.get(i).offset()).isEqualTo(i + 1L);
      }
    }
  }

  private static List<String> subjects(List<Event> events, String type) {
    return events.stream().filter(event -> event.type().equals(type)).map(Event::subject).collect(Collectors.toList());
  }

  /** Lets a child write until so many writes were acknowledged, kills it, and answers what it had acknowledged. */
  private Set<String> runAndKill(String name, int acknowledgements) throws IOException, InterruptedException {
    Process child = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"),
        "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
        Child.class.getName(), directory.toString(), name).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Set<String> acknowledged = new HashSet<>();
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ack ") && line.endsWith(".")) {
          acknowledged.add(line.substring(4, line.length() - 1));
        }
        if (acknowledged.size() == acknowledgements) {
          // By its handle: what it has still said can then be read.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(acknowledgements);
    return acknowledged;
  }

  /** Writes as fast as it can from many threads, works meanwhile, and says each write that was acknowledged. */
  static final class Child {
    record Job(String name) {}

    static final WorkKind<Job> JOB = WorkKind.of("child.job", JsonCodec.of(Job.class))
        .withRetry(new RetryPolicy(1_000, Duration.ofDays(1), Duration.ofMillis(1), Duration.ofMillis(1)));

    private Child() {}

    static Outcome handle(dev.fairway.core.work.Delivery<Job> delivery) {
      return Outcome.done(tx -> tx.append(new NewEvent("child.done", delivery.payload().name(), "{}")));
    }

    public static void main(String[] args) throws InterruptedException {
      SqlStore store = SqlStore.open(new StorageConfig.Embedded(Path.of(args[0])), Clock.systemUTC(), List.of());
      try (Workers workers = new Workers(store.work(), new Handlers().add(JOB, Child::handle), Clock.systemUTC(),
          WorkersConfig.DEFAULT).start()) {
        Thread last = Thread.currentThread();
        for (int writer = 0; writer < 16; writer++) {
          String prefix = args[1] + "-" + writer + "-";
          last = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 100_000; i++) {
              String name = prefix + i;
              store.run(tx -> {
                tx.append(new NewEvent("child.accepted", name, "{}"));
                NewWork<Job> work = NewWork.of(JOB, new Job(name));
                tx.enqueue(name.endsWith("3") ? work.key(prefix) : work);
              });
              System.out.println("ack " + name + ".");
            }
          });
        }
        last.join();
      }
    }
  }
}
