package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.metadata.SettingsReader;
import dev.fairway.automation.pack.PackageLoader;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.MessageSink;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The other end of {@link ForkedWorker}: makes the integration and answers requests, until its input ends or it dies. It
 * ends with the node, whose end closes its input.
 */
final class ForkedWorkerMain {
  private final BufferedReader in;
  private final PrintStream out;

  private ForkedWorkerMain(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    // What the handler prints must not come between the messages.
    System.setOut(System.err);
    var worker = new ForkedWorkerMain(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        out);
    worker.run();
  }

  private void run() throws IOException {
    Registrations registrations;
    ClassLoader loader;
    try {
      WorkerMessages.Start start = WorkerMessages.Start.of(StoredValue.parse(Optional.ofNullable(in.readLine())
          .orElseThrow()));
      Integration<?> integration = make(start);
      loader = integration.getClass().getClassLoader();
      registrations = register(integration, start);
      say(StoredValue.object().put("ready", true));
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Exception | Error e) {
      say(WorkerMessages.failure(e));
      return;
    }
    Thread.currentThread().setContextClassLoader(loader);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      say(answer(registrations, StoredValue.parse(line)));
    }
  }

  private ObjectNode answer(Registrations registrations, JsonNode request) {
    try {
      Registrations.OnRequest<?, ?> handler = registrations.requests.get(request.path("handler").asString());
      if (handler == null) {
        throw new IllegalStateException("the worker has no handler " + request.path("handler"));
      }
      return WorkerMessages.decision(Decision.of(handler, WorkerMessages.request(request,
          () -> ask(StoredValue.object().put("ask", "cancelled")).path("cancelled").asBoolean())));
    } catch (OutOfMemoryError e) {
      // What is left of the heap nobody knows; the next worker has a whole one.
      throw e;
    } catch (Exception | Error e) {
      return WorkerMessages.failure(e);
    }
  }

  private synchronized void say(ObjectNode message) {
    out.println(StoredValue.text(message));
    out.flush();
  }

  /* One question at a time, also when a handler asks from several threads. */
  private synchronized JsonNode ask(ObjectNode question) {
    say(question);
    try {
      return StoredValue
          .parse(Optional.ofNullable(in.readLine()).orElseThrow(() -> new IOException("no more answers")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Integration<?> make(WorkerMessages.Start start) throws ReflectiveOperationException {
    ClassLoader loader = start.jars().isEmpty()
        ? ForkedWorkerMain.class.getClassLoader()
        : new PackageLoader(start.id(), start.jars().stream().map(Path::of).toList());
    return Class.forName(start.integration(), true, loader).asSubclass(Integration.class).getConstructor()
        .newInstance();
  }

  private <S extends Record> Registrations register(Integration<S> integration, WorkerMessages.Start start)
      throws Exception {
    S settings = new SettingsReader(List.of(), List.of()).bind(start.settings(), integration.settings());
    var registrations = new Registrations(
        pattern -> start.mainPackage().map(pattern::in).orElse(pattern));
    integration.start(new Inside<>(this, start, settings), registrations);
    registrations.close();
    return registrations;
  }

  /** An integration's environment inside a worker: what it is given comes from the node. */
  private record Inside<S extends Record>(ForkedWorkerMain worker, WorkerMessages.Start start, S settings)
      implements
        Environment<S> {
    @Override
    public Party party() {
      return start.party();
    }

    @Override
    public MessageSink queue() {
      return (queue, message) -> {
        JsonNode done = worker
            .ask(StoredValue.object().put("ask", "put").put("queue", queue).put("message", message));
        if (done.has("threw")) {
          throw WorkerMessages.failure(done);
        }
      };
    }

    @Override
    public TemplateId template(String name) {
      TemplateId template = TemplateId.parse(name);
      return start.mainPackage().map(template::in).orElse(template);
    }

    @Override
    public List<Contract> active(String template) {
      JsonNode answer = worker.ask(StoredValue.object().put("ask", "active").put("template", template));
      if (answer.has("threw")) {
        throw WorkerMessages.failure(answer);
      }
      return answer.path("contracts").valueStream().map(StoredValue::contract).toList();
    }

    @Override
    public Clock clock() {
      return Clock.systemUTC();
    }

    @Override
    public Logger log() {
      return LoggerFactory.getLogger("integration." + start.id());
    }

    @Override
    public OutsideCalls http() {
      return call -> WorkerMessages.answered(worker.ask(WorkerMessages.call(call)));
    }
  }
}
