package dev.fairway.console;

import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.TemplateId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks for berths, on the ledger of a node with an integration that gives those whose number of feet it can read. */
final class Asking {
  private static final String TEMPLATES = """
      package: { name: berths, version: 1.0.0 }
      types:
        Berths:Reason: { record: { code: Text, message: Text, details: TextMap Text, retryable: Bool } }
      templates:
        Berths:Request:
          fields: { ship: Party, harbour: Party, name: Text, feet: Text, days: Int }
          signatories: [ship]
          observers: [harbour]
          choices:
            Give: { controllers: [harbour] }
            Refuse: { controllers: [harbour], arguments: { reason: "Berths:Reason" } }
            Correct:
              controllers: [harbour]
              arguments: { feet: Text }
              creates: [{ template: Berths:Request, with: { feet: $argument.feet } }]
      """;
  private static final TemplateId REQUEST = TemplateId.parse("#berths:Berths:Request");

  private final Ledger ledger;
  private final Party ship;
  private final Party harbour;

  Asking(Ledger ledger, Automation automation) {
    this.ledger = ledger;
    ledger.upload(TEMPLATES.getBytes(StandardCharsets.UTF_8));
    ship = ledger.allocate("ship");
    harbour = ledger.allocate("harbour");
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType("berths", "berths", "Berths", "test",
        List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()), Harbour::new));
    automation.start(new IntegrationConfig("berths", "berths", harbour, Map.of()));
  }

  void berth(String name, String feet) {
    ledger.submit(new Submission("berth/" + name, ship, List.of(Command.create(REQUEST,
        struct("ship", LedgerValue.party(ship), "harbour", LedgerValue.party(harbour)).with("name", text(name))
            .with("feet", text(feet)).with("days", LedgerValue.int64(3))))));
  }

  private static final class Harbour implements Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      events.request().on(REQUEST.toString()).<String>accepting("Give", berth -> struct()).rejecting("Refuse")
          .attempts(1).handle(request -> {
            Integer.parseInt(request.payload().text("feet"));
            return Answer.accept("at the quay");
          });
    }
  }
}
