package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;

/**
 * Answers each contract of a template on the ledger itself: exercises a choice without arguments on it, or makes a contract
 * {@code {integrationParty}} of another template and exercises a choice of that one with {@code {cid}}, the contract that
 * set it off.
 */
public final class Loopback implements Integration<Loopback.Settings> {
  /** Whose choice is exercised. */
  public enum Mode {
    CREATE_AND_EXECUTE("Create And Execute"), TRIGGER_CONTRACT("Trigger Contract");

    private final String label;

    Mode(String label) {
      this.label = label;
    }

    /** As it is written in settings. */
    @Override
    public String toString() {
      return label;
    }
  }

  public record Settings(String templateFilter, Mode targetContractMode, String targetTemplate,
      String templateChoice) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    events.ledger().created(settings.templateFilter())
        .handle(event -> Response.commands(switch (settings.targetContractMode()) {
          case TRIGGER_CONTRACT ->
            Command.exercise(event.contract(), settings.templateChoice(), LedgerValue.struct());
          case CREATE_AND_EXECUTE -> new Command.CreateAndExercise(env.template(settings.targetTemplate()),
              LedgerValue.struct("integrationParty", LedgerValue.party(env.party())), settings.templateChoice(),
              LedgerValue.struct("cid", LedgerValue.contract(event.contract().id())));
        }));
  }
}
