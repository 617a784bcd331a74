package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Party;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages on a node's ledgers, each answered by one ring of a bell: by a shipped integration of the templates of
 * {@link InboxModel}. The ledger would take any number of rings for a message, so one too many shows.
 */
record Bells(ServedNode node, Party party) {
  /** Makes the templates and the party known to the node's own ledger. */
  void giveTemplates() throws IOException, InterruptedException {
    assertThat(node.send(node.to("/api/ledgers/local/packages")
        .POST(BodyPublishers.ofByteArray(InboxModel.templates()))).statusCode()).isEqualTo(204);
    node.post("/api/ledgers/local/parties", "application/json", "{\"hint\": \"" + party.name() + "\"}");
  }

  /** Starts the integration that rings for the messages of a ledger; it is called {@code ring-} and the ledger's name. */
  void ringOn(String ledger) throws IOException, InterruptedException {
    ObjectNode wanted = Json.object().put("type", "loopback").put("ledger", ledger).put("party", party.name());
    wanted.putObject("settings").put("templateFilter", "Inbox:Message").put("targetContractMode", "Create And Execute")
        .put("targetTemplate", "Inbox:Bell").put("templateChoice", "Ring");
    HttpResponse<String> made = node.send(node.to("/api/integrations/ring-" + ledger)
        .header("Content-Type", "application/json").PUT(BodyPublishers.ofString(wanted.toString())));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
  }

  /** Whether it is on the node's ledger now; under the same command id it is written once, however often it is sent. */
  boolean write(int number) {
    ObjectNode body = Json.object().put("party", party.name()).put("command_id", "message-" + number);
    ObjectNode create = body.putArray("commands").addObject().putObject("create").put("template", "Inbox:Message");
    create.putObject("payload").put("integrationParty", party.name()).put("receivedAt", "1970-01-01T00:00:00Z")
        .put("contentType", "").put("body", "message " + number);
    try {
      int status = node.post("/api/ledgers/local/commands", "application/json", body.toString()).statusCode();
      return status == 200 || status == 409;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The messages of a ledger, by contract id. */
  List<String> messages(String ledger) throws IOException, InterruptedException {
    return contracts(ledger, "Message", "contract");
  }

  /** For which messages the bell was rung. */
  List<String> rings(String ledger) throws IOException, InterruptedException {
    return contracts(ledger, "Rung", "cid");
  }

  private List<String> contracts(String ledger, String template, String field)
      throws IOException, InterruptedException {
    return node.json("/api/ledgers/" + ledger + "/contracts?template=Inbox:" + template + "&party=" + party.name())
        .path("items").findValuesAsString(field);
  }

  /** Whether nothing is left to be done for any integration. */
  boolean idle() throws IOException, InterruptedException {
    return node.json("/api/work").path("items").valueStream()
        .filter((JsonNode kind) -> kind.path("kind").asString().startsWith("automation."))
        .allMatch(kind -> kind.path("waiting").asInt() + kind.path("running").asInt() == 0);
  }
}
