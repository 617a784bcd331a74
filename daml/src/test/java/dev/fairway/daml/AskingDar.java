package dev.fairway.daml;

import static dev.fairway.daml.dar.DarWriter.BOOL;
import static dev.fairway.daml.dar.DarWriter.CONTRACT_ID;
import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.TEXT;
import static dev.fairway.daml.dar.DarWriter.TEXTMAP;
import static dev.fairway.daml.dar.DarWriter.UNIT;
import static dev.fairway.daml.dar.DarWriter.fields;

import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.source.Source.Expr;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request with every ending a request can have, as a DAR:
 *
 * <pre>{@code
 * module Asking
 *
 * data Reason = Reason with code : Text; message : Text; details : TextMap Text; retryable : Bool
 *
 * template Ask with requester : Party; operator : Party; text : Text
 *   signatory requester; observer operator
 *   choice Yes : ContractId Done with answer : Text         -- controller operator
 *   choice No : ContractId Refused with reason : Reason     -- controller operator
 *   choice Amend : ContractId Ask with text : Text          -- controller operator
 *   choice Cancel : ()                                      -- controller requester
 *
 * template Done with requester : Party; operator : Party; text : Text
 *   signatory requester, operator
 * template Refused with requester : Party; operator : Party; text : Text; reason : Reason
 *   signatory requester, operator
 * }</pre>
 */
public final class AskingDar {
  private static final DarWriter WRITER = write();

  private AskingDar() {}

  public static byte[] bytes() {
    return WRITER.dar();
  }

  public static String packageId() {
    return WRITER.packageId();
  }

  private static DarWriter write() {
    DarWriter dar = new DarWriter("asking", "1.0.0", "Asking");
    dar.record("Archive", fields()).record("Cancel", fields()).record("Yes", fields("answer", dar.type(TEXT)))
        .record("Reason",
            fields("code", dar.type(TEXT), "message", dar.type(TEXT), "details", dar.type(TEXTMAP, dar.type(TEXT)),
                "retryable", dar.type(BOOL)))
        .record("No", fields("reason", dar.type("Reason"))).record("Amend", fields("text", dar.type(TEXT)));
    var ask = fields("requester", dar.type(PARTY), "operator", dar.type(PARTY), "text", dar.type(TEXT));
    var refused = new LinkedHashMap<>(ask);
    refused.put("reason", dar.type("Reason"));
    dar.record("Ask", ask).record("Done", ask).record("Refused", refused);

    Expr arg = dar.variable("arg");
    Expr requester = dar.parties(ask(dar, "requester"));
    Expr operator = dar.parties(ask(dar, "operator"));
    Map<String, Expr> answer = parties(dar);
    answer.put("text", dar.field("Yes", "answer", arg));
    Map<String, Expr> refusal = parties(dar);
    refusal.put("text", ask(dar, "text"));
    refusal.put("reason", dar.field("No", "reason", arg));
    Map<String, Expr> amended = parties(dar);
    amended.put("text", dar.field("Amend", "text", arg));
    dar.add(dar.template("Ask", requester, operator,
        dar.choice("Yes", true, operator, dar.type("Yes"), dar.type(CONTRACT_ID, dar.type("Done")),
            dar.create("Done", dar.recordOf("Done", answer))),
        dar.choice("No", true, operator, dar.type("No"), dar.type(CONTRACT_ID, dar.type("Refused")),
            dar.create("Refused", dar.recordOf("Refused", refusal))),
        dar.choice("Amend", true, operator, dar.type("Amend"), dar.type(CONTRACT_ID, dar.type("Ask")),
            dar.create("Ask", dar.recordOf("Ask", amended))),
        dar.choice("Cancel", true, requester, dar.type("Cancel"), dar.type(UNIT), dar.pure(dar.type(UNIT), dar.unit())),
        dar.archive(requester)));
    for (String template : new String[]{"Done", "Refused"}) {
      Expr self = dar.variable("this");
      Expr both = dar.parties(dar.field(template, "requester", self), dar.field(template, "operator", self));
      dar.add(dar.template(template, both, dar.parties(), dar.archive(both)));
    }
    return dar;
  }

  private static Expr ask(DarWriter dar, String field) {
    return dar.field("Ask", field, dar.variable("this"));
  }

  private static Map<String, Expr> parties(DarWriter dar) {
    Map<String, Expr> fields = new LinkedHashMap<>();
    fields.put("requester", ask(dar, "requester"));
    fields.put("operator", ask(dar, "operator"));
    return fields;
  }
}
