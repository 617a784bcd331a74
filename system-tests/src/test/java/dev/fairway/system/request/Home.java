package dev.fairway.system.request;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Where requests are made: a ledger with the templates {@code Asking:Ask}, {@code Done} and {@code Refused}.
 *
 * @param name as integrations name it
 * @param ledgers all that a node would have
 * @param pkg in which package the templates are
 */
record Home(String name, Ledgers ledgers, String pkg) {
  private static final String TEMPLATES = """
      package: { name: asking, version: 1.0.0 }
      types:
        Asking:Reason:
          record: { code: Text, message: Text, details: TextMap Text, retryable: Bool }
      templates:
        Asking:Ask:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester]
          observers: [operator]
          choices:
            Yes:
              controllers: [operator]
              arguments: { answer: Text }
              creates: [{ template: Asking:Done, with: { text: $argument.answer } }]
            No:
              controllers: [operator]
              arguments: { reason: "Asking:Reason" }
              creates: [{ template: Asking:Refused, with: { reason: $argument.reason } }]
            Amend:
              controllers: [operator]
              arguments: { text: Text }
              creates: [{ template: Asking:Ask, with: { text: $argument.text } }]
            Cancel: { controllers: [requester] }
        Asking:Done:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester, operator]
        Asking:Refused:
          fields: { requester: Party, operator: Party, text: Text, reason: "Asking:Reason" }
          signatories: [requester, operator]
      """;

  /** The node's own ledger, on its store. */
  static Home local(Store store) {
    Ledger ledger = new StoreLedger(store, List.of());
    ledger.upload(TEMPLATES.getBytes(StandardCharsets.UTF_8));
    return new Home(Ledgers.LOCAL, Ledgers.of(ledger), "#asking");
  }

  /** A ledger elsewhere. */
  static Home elsewhere(Store store, Ledger ledger, String pkg) {
    return new Home("elsewhere", Ledgers.of(new StoreLedger(store, List.of()), Map.of("elsewhere", ledger)), pkg);
  }

  Ledger ledger() {
    return ledgers.find(name);
  }

  /** The same, with something between the integrations and the ledger. */
  Home through(UnaryOperator<Ledger> around) {
    Ledger ledger = around.apply(ledger());
    return new Home(name, name.equals(Ledgers.LOCAL)
        ? Ledgers.of(ledger)
        : Ledgers.of(ledgers.find(Ledgers.LOCAL), Map.of(name, ledger)), pkg);
  }
}
