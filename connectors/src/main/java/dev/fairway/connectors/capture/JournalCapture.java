package dev.fairway.connectors.capture;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Setting;
import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The node's own journal: each event a document, as a CloudEvent 1.0 in the JSON format of that specification with its place
 * in the journal as {@code offset}, which is the key. Runs inside the node and follows until it is stopped.
 *
 * <p>Events about connectors' checkpoints are left out: capturing one makes the next.
 */
public final class JournalCapture implements Capture<JournalCapture.Config, JournalCapture.Resource> {
  private static final String CHECKPOINT = "connector.checkpoint";
  private static final Duration LISTEN = Duration.ofMillis(500);
  private static final int PAGE = 1_000;
  /* How many events of no interest are passed by before that is committed: so that retention does not overtake the place. */
  private static final int PASSED = 10_000;

  private final Journal journal;

  public JournalCapture(Journal journal) {
    this.journal = journal;
  }

  /** Who tells. */
  public record Config(
      @Setting(description = "source of the CloudEvents, a URI reference", defaultValue = "\"/fairway\"") String source) {}

  /** Which events. */
  public record Resource(
      @Setting(description = "Type of the events, or what their types begin with: exchange.message", collectionName = true) String type) {
    boolean has(Event event) {
      return !event.type().equals(CHECKPOINT) && (type.isEmpty() || event.type().equals(type)
          || event.type().startsWith(type + "."));
    }
  }

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(Resource resource) {
    return List.of(resource.type().isEmpty() ? "all" : resource.type());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/type");
  }

  @Override
  public List<Discovery<Resource>> discover(Config config) {
    JsonNode schema = Json.parse(
        """
            {"type":"object","properties":{"offset":{"type":"integer"},"specversion":{"type":"string"},"id":{"type":"string"},
             "source":{"type":"string"},"type":{"type":"string"},"subject":{"type":"string"},
             "time":{"type":"string","format":"date-time"},"datacontenttype":{"type":"string"},"data":{}},
             "required":["offset","specversion","id","source","type","subject","time"]}""");
    return List.of(new Discovery<>("events", new Resource(""), schema, List.of("/offset")));
  }

  @Override
  public void run(Config config, CaptureSession<Resource> session) throws InterruptedException {
    List<Reader> readers = new ArrayList<>();
    session.bindings().forEach(binding -> readers.add(new Reader(config, session, binding)));
    while (!session.stopping()) {
      boolean more = false;
      for (Reader reader : readers) {
        more |= reader.step();
      }
      if (!more) {
        long after = readers.stream().mapToLong(reader -> reader.offset).min().orElseGet(journal::end);
        journal.await(after, LISTEN);
      }
    }
  }

  /** Where a journal begins whose oldest events retention has taken: the least offset that can be gone on from. */
  private static long oldest(Journal journal) {
    long least = 0;
    long most = journal.end();
    while (!readable(journal, least) && least < most) {
      long middle = least + (most - least) / 2;
      if (readable(journal, middle)) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    return least;
  }

  private static boolean readable(Journal journal, long after) {
    try {
      var _ = journal.read(after, 1);
      return true;
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  /** One binding's way through the journal. */
  private final class Reader {
    private final Config config;
    private final CaptureSession<Resource> session;
    private final Capture.Bound<Resource> binding;
    private long offset;
    private long saved;

    Reader(Config config, CaptureSession<Resource> session, Capture.Bound<Resource> binding) {
      this.config = config;
      this.session = session;
      this.binding = binding;
      this.offset = session.state(binding).map(state -> state.path("offset").asLong(0))
          .orElseGet(() -> oldest(journal));
      this.saved = offset;
    }

    /** Captures a page; false when there was nothing. What is of no interest is passed by with a commit now and then. */
    boolean step() {
      List<Event> page = journal.read(offset, PAGE);
      if (page.isEmpty()) {
        return false;
      }
      offset = page.getLast().offset();
      List<Event> wanted = page.stream().filter(binding.resource()::has).toList();
      if (!wanted.isEmpty() || offset - saved >= PASSED) {
        CaptureSession.Batch<Resource> batch = session.batch();
        wanted.forEach(event -> batch.document(binding, document(event)));
        batch.state(binding, Json.object().put("offset", offset)).commit();
        saved = offset;
      }
      return true;
    }

    private ObjectNode document(Event event) {
      ObjectNode document = Json.object().put("specversion", "1.0").put("id", event.id().toString())
          .put("source", config.source()).put("type", event.type()).put("subject", event.subject())
          .put("time", event.time().toString()).put("datacontenttype", "application/json")
          .put("offset", event.offset());
      document.set("data", Json.parse(event.body()));
      return document;
    }
  }
}
