package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language of a program that takes rows as messages on standard input, and answers once they are stored. Each process
 * takes one transaction. Belongs to one session.
 */
interface Target {
  /** Starts a process for a transaction. Its files live as long as it runs. */
  Session start(ScratchFiles files, JsonNode config, long transaction) throws IOException;

  /** What it is told first. */
  List<ObjectNode> opening();

  ObjectNode record(Row row);

  /** What it is told last: what it must answer once everything before is stored. */
  List<ObjectNode> closing(long transaction);

  /** An ear for the process that was started; it is used by one thread at a time. */
  Answers answers(Session session);

  /** What the connector's state must say after a transaction was stored, besides its number. */
  ObjectNode state();

  /** What a process says. */
  interface Answers {
    /** Takes the session's present line. */
    void line() throws ConnectorFailedException;

    /** Waits for its end and checks that it ended well. */
    void expectSuccess() throws ConnectorFailedException, InterruptedException;

    /** The same failure, in the program's own words where it said why. */
    ConnectorFailedException explained(ConnectorFailedException seen);

    /** Whether it has said that everything of a transaction is stored. */
    boolean confirmed(long transaction);

    /** What it said instead, for people. */
    String heard();
  }
}
