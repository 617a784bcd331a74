package dev.fairway.system;

import static dev.fairway.daml.dar.DarWriter.CONTRACT_ID;
import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.TEXT;
import static dev.fairway.daml.dar.DarWriter.TIMESTAMP;
import static dev.fairway.daml.dar.DarWriter.fields;

import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.source.Source.Expr;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A message that came in, and what it becomes when it is ticked: once for a node's own ledger, once as a DAR. */
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
        .record("Ticked", fields("integrationParty", dar.type(PARTY), "body", dar.type(TEXT)));
    Expr owner = dar.parties(dar.field("Message", "integrationParty", self));
    Map<String, Expr> ticked = new LinkedHashMap<>();
    ticked.put("integrationParty", dar.field("Message", "integrationParty", self));
    ticked.put("body", dar.field("Message", "body", self));
    dar.add(dar.template("Message", owner, dar.parties(), dar.choice("Tick", true, owner, dar.type("Tick"),
        dar.type(CONTRACT_ID, dar.type("Ticked")), dar.create("Ticked", dar.recordOf("Ticked", ticked))),
        dar.archive(owner)));
    Expr holder = dar.parties(dar.field("Ticked", "integrationParty", self));
    dar.add(dar.template("Ticked", holder, dar.parties(), dar.archive(holder)));
    return dar.dar();
  }
}
