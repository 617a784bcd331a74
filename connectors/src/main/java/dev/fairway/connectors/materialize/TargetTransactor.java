package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Transactions of a program that takes rows as messages: a process each, because such programs promise nothing before the
 * end of their input. A transaction is stored when the process has ended well and has answered with its number.
 */
final class TargetTransactor implements Transactor {
  /** How the state, and the messages that must be answered, call the transaction's number. */
  static final String NUMBER = "flow_txn";

  private final Target target;
  private final JsonNode config;
  private final Programs programs;
  private final Optional<Stage> stage;
  private long number;
  private @Nullable Run run;

  /** @param state the connector's state as it was last committed */
  TargetTransactor(Target target, JsonNode config, Programs programs, JsonNode state, Optional<Stage> stage) {
    this.target = target;
    this.config = config;
    this.programs = programs;
    this.stage = stage;
    this.number = state.path(NUMBER).asLong(0);
  }

  @Override
  public Optional<JsonNode> checkpoint() {
    try {
      return stage.isPresent() ? stage.get().checkpoint() : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what was published last", e);
    }
  }

  /** Such programs cannot be asked. */
  @Override
  public boolean loads() {
    return false;
  }

  @Override
  public void load(int binding, List<Packed> keys, Found found) {
    throw new IllegalStateException("a program that only takes rows cannot be asked what it holds");
  }

  @Override
  public void store(Row row) throws Exception {
    started().send(target.record(row));
  }

  @Override
  public ConnectorState commit(JsonNode checkpoint) throws Exception {
    started().end();
    run = null;
    number++;
    if (stage.isPresent()) {
      stage.get().publish(checkpoint);
    }
    return ConnectorState.patch(target.state().put(NUMBER, number));
  }

  @Override
  public void close() {
    try {
      if (run != null) {
        run.close();
      }
      if (stage.isPresent()) {
        stage.get().discard();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear up after a target", e);
    }
  }

  private Run started() throws Exception {
    Run now = run;
    if (now == null) {
      now = new Run(number + 1);
      run = now;
      for (ObjectNode message : target.opening()) {
        now.send(message);
      }
    }
    return now;
  }

  /** One process. */
  private final class Run implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final long transaction;
    private final ScratchFiles files;
    private final Session session;
    private final Target.Answers answers;
    private final Thread listener;
    /** What was wrong with its answers; nobody has listened since. */
    private volatile @Nullable Exception wrong;

    Run(long transaction) throws IOException {
      this.transaction = transaction;
      files = new ScratchFiles(programs.scratch());
      session = target.start(files, stage.isPresent() ? stage.get().begin(config) : config, transaction);
      answers = target.answers(session);
      // Its answers are few, and must be taken while it is fed.
      listener = Thread.ofVirtual().name("answers of " + session.child()).start(this::listen);
    }

    private void listen() {
      try {
        while (session.next()) {
          synchronized (answers) {
            answers.line();
          }
        }
      } catch (ConnectorFailedException | RuntimeException e) {
        wrong = e;
        // It would wait for ever for somebody to read on.
        session.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void expectListener() throws Exception {
      Exception heard = wrong;
      if (heard instanceof ConnectorFailedException failed && failed.retriable()) {
        synchronized (answers) {
          throw answers.explained(failed);
        }
      }
      if (heard != null) {
        throw heard;
      }
    }

    void send(JsonNode message) throws Exception {
      expectListener();
      try {
        session.queue(Json.bytes(message));
      } catch (ConnectorFailedException e) {
        listener.join(LAST_WORDS);
        expectListener();
        synchronized (answers) {
          throw answers.explained(e);
        }
      }
    }

    /** Ends its input, and checks that it stored everything. */
    void end() throws Exception {
      try (this) {
        for (ObjectNode message : target.closing(transaction)) {
          send(message);
        }
        session.endInput();
        listener.join();
        expectListener();
        synchronized (answers) {
          answers.expectSuccess();
          if (!answers.confirmed(transaction)) {
            throw answers.explained(new ConnectorFailedException(session.child() + " ended well and did not confirm"
                + " transaction " + transaction + "; " + answers.heard() + " and: " + session.child().lastWords()));
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      session.close();
      files.close();
    }
  }
}
