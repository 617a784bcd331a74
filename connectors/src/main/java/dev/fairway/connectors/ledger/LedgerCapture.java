package dev.fairway.connectors.ledger;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Setting;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplatePattern;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Any ledger the node is connected to: the contracts that are active, then every change, as {@link LedgerDocuments}. What is captured of
 * a transaction is one transaction of the capture too, with the offset to go on from, so each event is captured once over restarts. Runs
 * inside the node and follows until it is stopped.
 */
public final class LedgerCapture implements Capture<LedgerCapture.Config, LedgerCapture.Resource> {
  private static final Duration LISTEN = Duration.ofMillis(500);

  private final Function<String, Ledger> ledgers;
  private final Clock clock;

  /** @param ledgers finds a ledger by the name its operator gave it, or throws {@code NOT_FOUND} and says which there are */
  public LedgerCapture(Function<String, Ledger> ledgers, Clock clock) {
    this.ledgers = ledgers;
    this.clock = clock;
  }

  /** Which ledger, as whom. */
  public record Config(
      @Setting(description = "Name of the ledger in the node's configuration", defaultValue = "\"local\"") String ledger,
      @Setting(description = "Parties as whom it is read") List<String> parties,
      @Setting(description = "Most bytes of documents in a snapshot, which is one transaction and held in memory", defaultValue = "268435456", advanced = true) long snapshotBytes) {
    public Config {
      parties = List.copyOf(parties);
      if (parties.isEmpty()) {
        throw new IllegalArgumentException("at least one party is needed as whom the ledger is read");
      }
      if (snapshotBytes < 1) {
        throw new IllegalArgumentException("snapshotBytes must be at least 1, is " + snapshotBytes);
      }
    }

    Set<Party> readers() {
      Set<Party> readers = new HashSet<>();
      parties.forEach(name -> readers.add(new Party(name)));
      return readers;
    }
  }

  /** Which of its contracts. */
  public record Resource(
      @Setting(description = "Name of the stream, unique in the task", collectionName = true) String stream,
      @Setting(description = "Templates: *, package:*, Module:Entity or #name:Module:Entity", defaultValue = "[\"*\"]") List<String> templates) {
    public Resource {
      templates = List.copyOf(templates);
      if (stream.isBlank()) {
        throw new IllegalArgumentException("a stream needs a name");
      }
      if (templates.isEmpty()) {
        throw new IllegalArgumentException("stream " + stream + " names no template; \"*\" takes all");
      }
      templates.forEach(TemplatePattern::parse);
    }

    List<TemplatePattern> patterns() {
      return templates.stream().map(TemplatePattern::parse).toList();
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
    return List.of(resource.stream());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/stream");
  }

  @Override
  public List<Discovery<Resource>> discover(Config config) {
    // Asking where it ends shows that it can be reached.
    var _ = ledgers.apply(config.ledger()).end();
    return List.of(new Discovery<>("events", new Resource("events", List.of("*")), LedgerDocuments.schema(),
        LedgerDocuments.KEY));
  }

  @Override
  public void run(Config config, CaptureSession<Resource> session) throws InterruptedException {
    targetsDiffer(session.bindings());
    Ledger ledger = ledgers.apply(config.ledger());
    List<LedgerReader> readers = new ArrayList<>();
    try {
      for (Bound<Resource> binding : session.bindings()) {
        Query query = new Query(config.readers(), binding.resource().patterns());
        readers.add(new LedgerReader(ledger, query, config.snapshotBytes(), session, binding, clock));
      }
      if (readers.isEmpty()) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "a capture of a ledger needs at least one binding");
      }
      Duration share = LISTEN.dividedBy(readers.size());
      boolean busy = true;
      while (!session.stopping()) {
        boolean more = false;
        for (LedgerReader reader : readers) {
          more |= reader.step(busy ? Duration.ZERO : share);
        }
        busy = more;
      }
    } finally {
      readers.forEach(LedgerReader::close);
    }
  }

  /* In the tables made of a collection, the end of a snapshot ends every contract that is not of it. */
  private static void targetsDiffer(List<Bound<Resource>> bindings) {
    Set<String> targets = new HashSet<>();
    for (Bound<Resource> binding : bindings) {
      if (!targets.add(binding.collection().name())) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "two bindings of a ledger capture have the same target, "
            + binding.collection().name() + "; each needs a collection of its own");
      }
    }
  }
}
