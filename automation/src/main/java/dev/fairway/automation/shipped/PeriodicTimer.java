package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Exercises a choice, without arguments, on each active contract of a template, again and again. A batch of contracts is
 * one transaction; one that cannot be exercised spoils its own batch only.
 */
public final class PeriodicTimer implements Integration<PeriodicTimer.Settings> {
  private static final String BATCHES = "batches";

  /** @param interval seconds */
  public record Settings(String targetTemplate, String templateChoice, long interval, int batchSize) {
    public Settings {
      if (interval < 1 || batchSize < 1) {
        throw new FairwayException(ErrorCode.INVALID, "interval and batchSize must be at least 1");
      }
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    events.time().every(Duration.ofSeconds(settings.interval()), "timer", () -> {
      List<Contract> active = env.active(settings.targetTemplate());
      for (int at = 0; at < active.size(); at += settings.batchSize()) {
        env.queue().put(BATCHES, active.subList(at, Math.min(active.size(), at + settings.batchSize())).stream()
            .map(contract -> contract.template() + "\t" + contract.id()).collect(Collectors.joining("\n")));
      }
      return Response.none();
    });
    events.queue().messages(BATCHES, (batch, attempt) -> Response.commands(batch.lines().map(line -> {
      int tab = line.indexOf('\t');
      return new Command.Exercise(TemplateId.parse(line.substring(0, tab)), new ContractId(line.substring(tab + 1)),
          settings.templateChoice(), LedgerValue.struct());
    }).toArray(Command[]::new)));
  }
}
