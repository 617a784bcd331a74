package dev.fairway.daml.v2;

import static dev.fairway.daml.v2.Participant.ask;

import dev.fairway.core.ledger.Party;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The users of a participant and what each may do. Needs the rights of the participant's administrator, except for
 * {@link #self}. Every method throws {@link dev.fairway.core.FairwayException} as a ledger does.
 */
public final class V2Users {
  private final Participant participant;

  V2Users(Participant participant) {
    this.participant = participant;
  }

  /** A user; a token names one by its {@code sub}. */
  public record User(String id, Optional<Party> primaryParty, boolean isDeactivated) {}

  /** What a user may do. */
  public sealed interface Right {
    record ActAs(Party party) implements Right {}

    record ReadAs(Party party) implements Right {}

    record ReadAsAnyParty() implements Right {}

    record ParticipantAdmin() implements Right {}

    /** One this room has no word for. */
    record Other(String kind) implements Right {}
  }

  /** Whom the token of this connection names. */
  public User self() {
    return user(ask("who we are", () -> participant.get("/v2/authenticated-user")).path("user"));
  }

  public List<User> list() {
    List<User> users = new ArrayList<>();
    String page = "";
    do {
      String path = "/v2/users?pageSize=1000" + (page.isEmpty() ? "" : "&pageToken=" + DamlLedgerV2.encoded(page));
      JsonNode answer = ask("its users", () -> participant.get(path));
      answer.path("users").forEach(json -> users.add(user(json)));
      page = answer.path("nextPageToken").asString("");
    } while (!page.isEmpty());
    return users;
  }

  public User create(String id, Optional<Party> primaryParty, List<Right> rights) {
    Map<String, Object> user = new LinkedHashMap<>();
    user.put("id", id);
    user.put("primaryParty", primaryParty.map(Party::name).orElse(""));
    user.put("isDeactivated", false);
    user.put("identityProviderId", "");
    return user(ask("the user " + id, () -> participant.post("/v2/users", Map.of("user", user, "rights", json(rights))))
        .path("user"));
  }

  public List<Right> rights(String userId) {
    return rights(ask("the rights of " + userId, () -> participant.get(path(userId))).path("rights"));
  }

  /** Answers those it did not have before. */
  public List<Right> grant(String userId, List<Right> rights) {
    return rights(ask("rights for " + userId, () -> participant.post(path(userId), change(userId, rights)))
        .path("newlyGrantedRights"));
  }

  /** Answers those it had before. */
  public List<Right> revoke(String userId, List<Right> rights) {
    return rights(ask("rights of " + userId, () -> participant.send("PATCH", path(userId), change(userId, rights)))
        .path("newlyRevokedRights"));
  }

  private static String path(String userId) {
    return "/v2/users/" + DamlLedgerV2.encoded(userId) + "/rights";
  }

  private static Object change(String userId, List<Right> rights) {
    return Map.of("userId", userId, "rights", json(rights), "identityProviderId", "");
  }

  private static List<Object> json(List<Right> rights) {
    return rights.stream().<Object>map(right -> Map.of("kind", switch (right) {
      case Right.ActAs(Party party) -> Map.of("CanActAs", Map.of("value", Map.of("party", party.name())));
      case Right.ReadAs(Party party) -> Map.of("CanReadAs", Map.of("value", Map.of("party", party.name())));
      case Right.ReadAsAnyParty() -> Map.of("CanReadAsAnyParty", Map.of("value", Map.of()));
      case Right.ParticipantAdmin() -> Map.of("ParticipantAdmin", Map.of("value", Map.of()));
      case Right.Other(String kind) -> Map.of(kind, Map.of("value", Map.of()));
    })).toList();
  }

  private static List<Right> rights(JsonNode rights) {
    List<Right> read = new ArrayList<>();
    for (JsonNode right : rights) {
      right.path("kind").properties().forEach(kind -> {
        String party = kind.getValue().path("value").path("party").asString("");
        read.add(switch (kind.getKey()) {
          case "CanActAs" -> new Right.ActAs(new Party(party));
          case "CanReadAs" -> new Right.ReadAs(new Party(party));
          case "CanReadAsAnyParty" -> new Right.ReadAsAnyParty();
          case "ParticipantAdmin" -> new Right.ParticipantAdmin();
          default -> new Right.Other(kind.getKey());
        });
      });
    }
    return read;
  }

  private static User user(JsonNode json) {
    return new User(json.path("id").asString(""),
        Optional.of(json.path("primaryParty").asString("")).filter(name -> !name.isEmpty()).map(Party::new),
        json.path("isDeactivated").asBoolean(false));
  }
}
