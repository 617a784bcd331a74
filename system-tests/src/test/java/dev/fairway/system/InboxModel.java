package dev.fairway.system;

import static dev.fairway.daml.dar.DarWriter.CONTRACT_ID;
import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.TEXT;
import static dev.fairway.daml.dar.DarWriter.TIMESTAMP;
import static dev.fairway.daml.dar.DarWriter.fields;

import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.source.Source;
import dev.fairway.daml.source.Source.Expr;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message that came in, what it becomes when it is ticked, and a bell that leaves a mark each time it is rung for one: as
 * templates of a node's own ledger, and as a DAR.
 */
final class InboxModel {
  private static final String TEMPLATES = """
      package: { name: inbox, version: 1.0.0 }
      templates:
        Inbox:Message:
          fields: { integrationParty: Party, receivedAt: Time, contentType: Text, body: Text }
          signatories: [integrationParty]
          choices:
            Tick:
              controllers: [integrationParty]
              creates: [{ template: Inbox:Ticked }]
        Inbox:Ticked:
          fields: { integrationParty: Party, body: Text }
          signatories: [integrationParty]
        Inbox:Bell:
          fields: { integrationParty: Party }
          signatories: [integrationParty]
          choices:
            Ring:
              controllers: [integrationParty]
              arguments: { cid: ContractId }
              creates: [{ template: Inbox:Rung, with: { cid: $argument.cid } }]
        Inbox:Rung:
          fields: { integrationParty: Party, cid: ContractId }
          signatories: [integrationParty]
      """;

  private InboxModel() {}

  static byte[] templates() {
    return TEMPLATES.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] dar() {
    DarWriter dar = new DarWriter("inbox", "1.0.0", "Inbox");
    Expr self = dar.variable("this");
    dar.record("Archive", fields()).record("Tick", fields())
        .record("Message",
            fields("integrationParty", dar.type(PARTY), "receivedAt", dar.type(TIMESTAMP), "contentType",
                dar.type(TEXT), "body", dar.type(TEXT)))
        .record("Ticked", fields("integrationParty", dar.type(PARTY), "body", dar.type(TEXT)))
        .record("Bell", fields("integrationParty", dar.type(PARTY)));
    dar.record("Ring", fields("cid", dar.type(CONTRACT_ID, dar.type("Message")))).record("Rung",
        fields("integrationParty", dar.type(PARTY), "cid", dar.type(CONTRACT_ID, dar.type("Message"))));
    Map<String, Expr> ticked = new LinkedHashMap<>();
    ticked.put("integrationParty", dar.field("Message", "integrationParty", self));
    ticked.put("body", dar.field("Message", "body", self));
    Map<String, Expr> rung = new LinkedHashMap<>();
    rung.put("integrationParty", dar.field("Bell", "integrationParty", self));
    rung.put("cid", dar.field("Ring", "cid", dar.variable("arg")));
    for (String template : List.of("Message", "Ticked", "Bell", "Rung")) {
      Expr owner = dar.parties(dar.field(template, "integrationParty", self));
      Source.Template.Builder written = dar.template(template, owner, dar.parties(), dar.archive(owner));
      switch (template) {
        case "Message" -> written.addChoices(choice(dar, owner, "Tick", "Ticked", ticked));
        case "Bell" -> written.addChoices(choice(dar, owner, "Ring", "Rung", rung));
        default -> {
        }
      }
      dar.add(written);
    }
    return dar.dar();
  }

  /** A consuming choice that makes a contract. */
  private static Source.Choice.Builder choice(DarWriter dar, Expr owner, String name, String made,
      Map<String, Expr> fields) {
    return dar.choice(name, true, owner, dar.type(name), dar.type(CONTRACT_ID, dar.type(made)),
        dar.create(made, dar.recordOf(made, fields)));
  }
}
