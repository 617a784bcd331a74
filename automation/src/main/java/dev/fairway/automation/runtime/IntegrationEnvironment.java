package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.MessageSink;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What an integration is given. Handed out before the integration runs, so it learns of that later. */
final class IntegrationEnvironment<S extends Record> implements Environment<S> {
  private final IntegrationConfig config;
  private final S settings;
  private final RunningIntegration.OnLedger on;
  private final RunningIntegration.Shared shared;
  private volatile @Nullable RunningIntegration integration;

  IntegrationEnvironment(IntegrationConfig config, S settings, RunningIntegration.OnLedger on,
      RunningIntegration.Shared shared) {
    this.config = config;
    this.settings = settings;
    this.on = on;
    this.shared = shared;
  }

  void started(RunningIntegration running) {
    integration = running;
  }

  @Override
  public S settings() {
    return settings;
  }

  @Override
  public Party party() {
    return config.party();
  }

  @Override
  public MessageSink queue() {
    return (queue, message) -> {
      RunningIntegration running = integration;
      if (running == null) {
        throw new IllegalStateException("messages can be put on a queue only after start");
      }
      running.lane().put(queue, message);
    };
  }

  @Override
  public TemplateId template(String name) {
    TemplateId template = TemplateId.parse(name);
    return on.mainPackage().map(template::in).orElse(template);
  }

  @Override
  public List<Contract> active(String template) {
    return active(on, party(), template);
  }

  /** The contracts of a template that are active now, as far as the party sees them. */
  static List<Contract> active(RunningIntegration.OnLedger on, Party party, String template) {
    TemplatePattern pattern = TemplatePattern.parse(template);
    return ActiveContracts.read(on.ledger(), new Query(Set.of(party), List.of(on.qualified(pattern))));
  }

  @Override
  public Clock clock() {
    return shared.clock();
  }

  @Override
  public Logger log() {
    return new LevelledLogger(config.id(), () -> Optional.ofNullable(integration).map(RunningIntegration::logLevel)
        .orElse(0));
  }

  @Override
  public OutsideCalls http() {
    return shared.http();
  }
}
