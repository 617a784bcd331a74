package dev.fairway.exchange.routing;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The routing table of an older node: a list of rows, each a channel endpoint and whom it reaches. A row becomes a channel
 * and a rule, in the order of the rows.
 */
public record LegacyRoutingTable(List<Row> rows) {
  /**
   * One row.
   *
   * @param id names the channel here
   * @param receiver whom it reaches
   * @param predicate the beginning of predicates it is for; documentation in the older node
   */
  public record Row(String id, String name, String receiver, String predicate, URI url,
      Optional<Credentials> credentials) {}

  /** What its endpoint's tokens are got with. */
  public record Credentials(String clientId, Secret clientSecret, URI tokenEndpoint, Optional<String> scope) {}

  public LegacyRoutingTable {
    rows = List.copyOf(rows);
  }

  /** @throws FairwayException with {@code INVALID}, naming every fault at once */
  public static LegacyRoutingTable read(JsonNode json) {
    if (!json.isArray()) {
      throw new FairwayException(ErrorCode.INVALID, "a routing table is a list of rows");
    }
    List<Row> rows = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      try {
        rows.add(row(json.get(i), i));
      } catch (IllegalArgumentException e) {
        faults.add("row " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, String.join("; ", faults));
    }
    return new LegacyRoutingTable(rows);
  }

  private static Row row(JsonNode json, int index) {
    String id = json.path("Id").asString("");
    String receiver = required(json, "Jurisdiction");
    if (!receiver.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("Jurisdiction must be two upper-case letters, is \"" + receiver + "\"");
    }
    String predicate = json.path("Predicate").asString("");
    if (predicate.indexOf('*') >= 0 || predicate.indexOf('/') >= 0) {
      throw new IllegalArgumentException("Predicate must be the beginning of a dotted name, is \"" + predicate + "\"");
    }
    // A row without an id was known by its place.
    return new Row(channelName(id).orElse("row-" + (index + 1)),
        json.path("Name").asString(id.isEmpty() ? "row " + (index + 1) : id), receiver, predicate,
        url(required(json, "ChannelUrl")), credentials(json));
  }

  /** What a channel is called here that older nodes knew by an id, which was free text; empty when nothing is left of it. */
  public static Optional<String> channelName(String id) {
    return Optional.of(id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-"))
        .filter(name -> name.matches("[a-z0-9][a-z0-9._-]{0,63}"));
  }

  private static Optional<Credentials> credentials(JsonNode json) {
    String auth = json.path("ChannelAuth").asString("None");
    if (auth.equals("None")) {
      return Optional.empty();
    }
    if (!auth.equals("Cognito/JWT")) {
      throw new IllegalArgumentException("ChannelAuth must be None or Cognito/JWT, is \"" + auth + "\"");
    }
    JsonNode details = json.path("ChannelAuthDetails");
    if (!details.isObject()) {
      throw new IllegalArgumentException("ChannelAuthDetails are missing; give client_id, client_secret and"
          + " token_endpoint (an older node took them from its environment)");
    }
    return Optional.of(new Credentials(required(details, "client_id"), new Secret(required(details, "client_secret")),
        url(required(details, "token_endpoint")),
        Optional.of(details.path("scope").asString("")).filter(scope -> !scope.isEmpty())));
  }

  private static String required(JsonNode json, String key) {
    JsonNode value = json.path(key);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value.stringValue();
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
      throw new IllegalArgumentException("\"" + text + "\" is not an http or https URL");
    }
    return url;
  }

  /**
   * The rules that do what the table did.
   *
   * @param heedPredicates whether a row takes only what begins with its predicate; the older node sent everything
   */
  public List<Rule> rules(boolean heedPredicates) {
    List<Rule> rules = new ArrayList<>();
    for (Row row : rows) {
      Rule rule = Rule.to(row.id(), Match.allow(row.receiver()), List.of(row.id()));
      String start = row.predicate().endsWith(".") ? row.predicate() : row.predicate() + ".";
      rules.add(heedPredicates && start.length() > 1 ? rule.withPredicate(Match.allow(start + "*")) : rule);
    }
    return rules;
  }
}
