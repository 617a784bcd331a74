package dev.fairway.daml;

import static dev.fairway.daml.dar.DarWriter.BOOL;
import static dev.fairway.daml.dar.DarWriter.CONTRACT_ID;
import static dev.fairway.daml.dar.DarWriter.DATE;
import static dev.fairway.daml.dar.DarWriter.INT64;
import static dev.fairway.daml.dar.DarWriter.LIST;
import static dev.fairway.daml.dar.DarWriter.OPTIONAL;
import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.TEXT;
import static dev.fairway.daml.dar.DarWriter.TEXTMAP;
import static dev.fairway.daml.dar.DarWriter.TIMESTAMP;
import static dev.fairway.daml.dar.DarWriter.UNIT;
import static dev.fairway.daml.dar.DarWriter.fields;

import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.source.Source.Expr;
import dev.fairway.testing.ledger.ContractModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The templates of {@link ContractModel} as a DAR, and one to swap two contracts in one transaction. */
public final class ContractDar {
  private static final DarWriter WRITER = write();

  private ContractDar() {}

  public static byte[] bytes() {
    return WRITER.dar();
  }

  public static byte[] payload() {
    return WRITER.payload();
  }

  public static String packageId() {
    return WRITER.packageId();
  }

  private static DarWriter write() {
    DarWriter dar = new DarWriter("fairway-contract", "1.0.0", "Contract");
    Expr self = dar.variable("this");
    dar.record("Archive", fields()).record("Accept", fields("answer", dar.type(TEXT))).record("Cancel", fields())
        .record("Touch", fields()).record("Flash", fields()).record("SetBalance", fields("balance", dar.type(INT64)));

    Map<String, dev.fairway.daml.source.Source.Type> request = fields("requester", dar.type(PARTY), "operator",
        dar.type(PARTY), "text", dar.type(TEXT));
    dar.record("Request", request).record("Answer", request);
    Expr requester = dar.parties(dar.field("Request", "requester", self));
    Expr operator = dar.parties(dar.field("Request", "operator", self));
    Map<String, Expr> answer = new LinkedHashMap<>();
    answer.put("requester", dar.field("Request", "requester", self));
    answer.put("operator", dar.field("Request", "operator", self));
    answer.put("text", dar.field("Accept", "answer", dar.variable("arg")));
    dar.add(dar.template("Request", requester, operator,
        dar.choice("Accept", true, operator, dar.type("Accept"), dar.type(CONTRACT_ID, dar.type("Answer")),
            dar.create("Answer", dar.recordOf("Answer", answer))),
        dar.choice("Cancel", true, requester, dar.type("Cancel"), dar.type(UNIT), dar.pure(dar.type(UNIT), dar.unit())),
        dar.choice("Touch", false, operator, dar.type("Touch"), dar.type(UNIT), dar.pure(dar.type(UNIT), dar.unit())),
        dar.choice("Flash", false, requester, dar.type("Flash"), dar.type(UNIT),
            dar.block(
                List.of(dar.bind("made", dar.type(CONTRACT_ID, dar.type("Request")), dar.create("Request", self))),
                dar.exercise("Request", "Cancel", dar.variable("made"), dar.recordOf("Cancel", Map.of())))),
        dar.archive(requester)));
    Expr both = dar.parties(dar.field("Answer", "requester", self), dar.field("Answer", "operator", self));
    dar.add(dar.template("Answer", both, dar.parties(), dar.archive(both)));

    dar.record("AccountKey", fields("owner", dar.type(PARTY), "name", dar.type(TEXT))).record("Account",
        fields("owner", dar.type(PARTY), "name", dar.type(TEXT), "balance", dar.type(INT64)));
    Expr owner = dar.parties(dar.field("Account", "owner", self));
    Map<String, Expr> changed = new LinkedHashMap<>();
    changed.put("owner", dar.field("Account", "owner", self));
    changed.put("name", dar.field("Account", "name", self));
    Map<String, Expr> key = new LinkedHashMap<>(changed);
    changed.put("balance", dar.field("SetBalance", "balance", dar.variable("arg")));
    dar.add(dar
        .template("Account", owner, dar.parties(),
            dar.choice("SetBalance", true, owner, dar.type("SetBalance"), dar.type(CONTRACT_ID, dar.type("Account")),
                dar.create("Account", dar.recordOf("Account", changed))),
            dar.archive(owner))
        .setKey(dar.key(dar.type("AccountKey"), dar.recordOf("AccountKey", key), "key",
            dar.parties(dar.field("AccountKey", "owner", dar.variable("key"))))));

    dar.enumeration("Colour", "Red", "Green").variant("Shape", fields("Dot", dar.type(UNIT), "Label", dar.type(TEXT)))
        .record("Values",
            fields("owner", dar.type(PARTY), "int", dar.type(INT64), "decimal", dar.numeric(10), "text", dar.type(TEXT),
                "bool", dar.type(BOOL), "date", dar.type(DATE), "time", dar.type(TIMESTAMP), "maybe",
                dar.type(OPTIONAL, dar.type(TEXT)), "list", dar.type(LIST, dar.type(INT64)), "map",
                dar.type(TEXTMAP, dar.type(INT64)), "colour", dar.type("Colour"), "shape", dar.type("Shape")));
    Expr holder = dar.parties(dar.field("Values", "owner", self));
    dar.add(dar.template("Values", holder, dar.parties(), dar.archive(holder)));
    return dar;
  }
}
