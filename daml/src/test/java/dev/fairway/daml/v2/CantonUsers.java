package dev.fairway.daml.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The users of a {@link CantonDouble} and their rights. */
final class CantonUsers {
  private final Map<String, Set<String>> users = new TreeMap<>();

  Map<String, Object> list() {
    return Map.of("users", users.keySet().stream().map(CantonUsers::user).toList(), "nextPageToken", "");
  }

  static Map<String, Object> user(String id) {
    return Map.of("id", id, "primaryParty", "", "isDeactivated", false, "identityProviderId", "");
  }

  Object create(JsonNode json) {
    CantonJson.fields(json, "the request", "user", "?rights");
    CantonJson.fields(json.path("user"), "the user", "id", "primaryParty", "isDeactivated", "identityProviderId",
        "?metadata");
    String id = CantonJson.text(json.path("user"), "id");
    if (users.containsKey(id)) {
      throw new CantonProblem(409, "USER_ALREADY_EXISTS", 10, 6, "there is a user " + id, Map.of());
    }
    Set<String> rights = new TreeSet<>();
    json.path("rights").forEach(right -> rights.add(checkedRight(right)));
    users.put(id, rights);
    return Map.of("user", user(id));
  }

  /** @param change what to grant by {@code POST} or revoke by {@code PATCH}; not asked for by {@code GET} */
  Object rights(String method, String id, JsonNode change) {
    Set<String> held = users.get(id);
    if (held == null) {
      throw new CantonProblem(404, "USER_NOT_FOUND", 11, 5, "no user " + id, Map.of());
    }
    if (method.equals("GET")) {
      return Map.of("rights", held.stream().map(CantonJson.MAPPER::readTree).toList());
    }
    CantonJson.fields(change, "the change", "userId", "rights", "?identityProviderId");
    List<JsonNode> changed = new ArrayList<>();
    boolean grants = method.equals("POST");
    for (JsonNode right : change.path("rights")) {
      if (grants ? held.add(checkedRight(right)) : held.remove(checkedRight(right))) {
        changed.add(right);
      }
    }
    return Map.of(grants ? "newlyGrantedRights" : "newlyRevokedRights", changed);
  }

  private static String checkedRight(JsonNode right) {
    CantonJson.fields(right, "a right", "kind");
    String kind = right.path("kind").propertyNames().iterator().next();
    switch (kind) {
      case "CanActAs", "CanReadAs" -> CantonJson.fields(right.path("kind").path(kind).path("value"), kind, "party");
      case "CanReadAsAnyParty", "ParticipantAdmin" ->
        CantonJson.fields(right.path("kind").path(kind).path("value"), kind);
      default -> throw CantonProblem.malformed("no right " + kind);
    }
    return CantonJson.MAPPER.writeValueAsString(right);
  }
}
