package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.Datatrust;
import dev.fairway.store.SqlStore;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The markets a node holds the data of, each on its chain, with its account and its folder. To be used by one thread. */
final class Markets implements AutoCloseable {
  private final Map<DatatrustSettings, Datatrust> markets = new LinkedHashMap<>();

  /** What all of them stand on. */
  record Ground(SqlStore store, BlobHomes blobs, Handlers handlers, Chains chains, Secret sealingKey,
      MeterRegistry meters) {}

  Markets(List<DatatrustSettings> settings, Ground ground) {
    try {
      settings.forEach(one -> markets.put(one, open(one, ground)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Datatrust open(DatatrustSettings settings, Ground ground) {
    return new Datatrust(settings.toConfig(ground.sealingKey()),
        new Datatrust.Parts(ground.store(), ground.blobs().in(settings.folder()), ground.handlers(),
            ground.chains().client(settings.chain()), ground.chains().transactions(settings.chain()),
            ground.meters()));
  }

  List<Datatrust> all() {
    return List.copyOf(markets.values());
  }

  /** Old paths serve the default market; the others have their name in theirs. */
  List<Door> doors() {
    return markets.values().stream()
        .flatMap(market -> Stream.of(market.door(market.config().path("/datatrust")),
            market.operatorDoor(market.config().path("/api/datatrust"))))
        .toList();
  }

  void start() {
    markets.values().forEach(Datatrust::start);
  }

  @Override
  public void close() {
    markets.values().forEach(Datatrust::close);
  }
}
