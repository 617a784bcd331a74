package dev.fairway.testing.ledger;

import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerType.Simple;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.model.LedgerModel;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The templates {@link LedgerContract} works with. A home that takes no Java templates brings a package of its own with
 * the same templates, fields in the same order, and choices:
 *
 * <pre>{@code
 * module Contract
 *
 * template Request with requester : Party; operator : Party; text : Text
 *   signatory requester; observer operator
 *   choice Accept : ContractId Answer with answer : Text   -- controller operator
 *     create Answer with requester; operator; text = answer
 *   choice Cancel : ()                                     -- controller requester
 *   nonconsuming choice Touch : ()                         -- controller operator
 *   nonconsuming choice Flash : ()                         -- controller requester
 *     create this, then exercise Cancel on it
 *
 * template Answer with requester : Party; operator : Party; text : Text
 *   signatory requester, operator
 *
 * template Account with owner : Party; name : Text; balance : Int
 *   signatory owner; key (AccountKey with owner; name); maintainer key.owner
 *   choice SetBalance : ContractId Account with balance : Int   -- controller owner
 *     create this with balance
 *
 * data Colour = Red | Green
 * data Shape = Dot () | Label Text
 * template Values with owner : Party; int : Int; decimal : Numeric 10; text : Text; bool : Bool; date : Date; time : Time;
 *     maybe : Optional Text; list : [Int]; map : TextMap Int; colour : Colour; shape : Shape
 *   signatory owner
 * }</pre>
 */
public final class ContractModel {
  public static final String REQUEST = "Contract:Request";
  public static final String ANSWER = "Contract:Answer";
  public static final String ACCOUNT = "Contract:Account";
  public static final String VALUES = "Contract:Values";

  /** The templates in Java. */
  public static final LedgerModel MODEL = LedgerModel.named("fairway-contract", "1.0.0")
      .type("Contract:AccountKey", accountKey())
      .type("Contract:Colour", new LedgerType.Definition.Enumeration(List.of("Red", "Green")))
      .type("Contract:Shape", shape())
      .template(REQUEST, t -> t.party("requester").party("operator").text("text").signatories("requester")
          .observers("operator")
          .choice("Accept", c -> c.controllers("operator").text("answer")
              .returns(new LedgerType.ContractOf(Optional.empty()))
              .does(x -> LedgerValue.contract(
                  x.create(ANSWER, x.payload().with("text", x.argument().get("answer"))))))
          .choice("Cancel", c -> c.controllers("requester"))
          .choice("Touch", c -> c.nonConsuming().controllers("operator"))
          .choice("Flash", c -> c.nonConsuming().controllers("requester")
              .does(x -> x.exercise(x.create(REQUEST, x.payload()), "Cancel", LedgerValue.struct()))))
      .template(ANSWER, t -> t.party("requester").party("operator").text("text").signatories("requester", "operator"))
      .template(ACCOUNT,
          t -> t.party("owner").text("name").int64("balance").signatories("owner")
              .key(new LedgerModel.Key(new LedgerType.Named(TemplateId.parse("Contract:AccountKey")),
                  p -> LedgerValue.struct("owner", p.get("owner"), "name", p.get("name")),
                  key -> key instanceof LedgerValue.Struct k ? Set.of(k.party("owner")) : Set.of()))
              .choice("SetBalance", c -> c.controllers("owner").int64("balance")
                  .returns(new LedgerType.ContractOf(Optional.empty()))
                  .does(x -> LedgerValue.contract(
                      x.create(ACCOUNT, x.payload().with("balance", x.argument().get("balance")))))))
      .template(VALUES,
          t -> t.party("owner").int64("int").field("decimal", new LedgerType.Numeric(10)).text("text")
              .field("bool", Simple.BOOL).field("date", Simple.DATE).field("time", Simple.TIMESTAMP)
              .field("maybe", new LedgerType.OptionalOf(Simple.TEXT)).field("list", new LedgerType.ListOf(Simple.INT64))
              .field("map", new LedgerType.TextMapOf(Simple.INT64))
              .field("colour", new LedgerType.Named(TemplateId.parse("Contract:Colour")))
              .field("shape", new LedgerType.Named(TemplateId.parse("Contract:Shape"))).signatories("owner"))
      .build();

  private ContractModel() {}

  static LedgerValue.Struct request(Party requester, Party operator, String text) {
    return LedgerValue.struct("requester", LedgerValue.party(requester), "operator", LedgerValue.party(operator))
        .with("text", LedgerValue.text(text));
  }

  static LedgerValue.Struct account(Party owner, String name, long balance) {
    return LedgerValue.struct("owner", LedgerValue.party(owner), "name", LedgerValue.text(name)).with("balance",
        LedgerValue.int64(balance));
  }

  /** The newest of a ledger's packages that has the templates. */
  static String packageId(Collection<LedgerPackage> packages) {
    return packages.stream().filter(p -> p.templates().keySet().containsAll(List.of(REQUEST, ANSWER, ACCOUNT, VALUES)))
        .map(LedgerPackage::id).reduce((first, second) -> second)
        .orElseThrow(() -> new IllegalStateException("no package with the templates of LedgerContract"));
  }

  private static LedgerType.Definition accountKey() {
    var fields = new LinkedHashMap<String, LedgerType>();
    fields.put("owner", Simple.PARTY);
    fields.put("name", Simple.TEXT);
    return new LedgerType.Definition.Struct(List.of(), fields);
  }

  private static LedgerType.Definition shape() {
    var constructors = new LinkedHashMap<String, LedgerType>();
    constructors.put("Dot", Simple.UNIT);
    constructors.put("Label", Simple.TEXT);
    return new LedgerType.Definition.Variant(List.of(), constructors);
  }
}
