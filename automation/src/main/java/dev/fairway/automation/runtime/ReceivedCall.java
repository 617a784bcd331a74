package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.WebhookRequest;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call of a webhook as its handler sees it.
 *
 * <p>Its body has been read, its caller's token checked.
 */
final class ReceivedCall implements WebhookRequest {
  private final Call call;
  private final Map<String, String> variables;
  private final byte[] body;
  private final Set<Party> parties;

  ReceivedCall(Call call, Map<String, String> variables, byte[] body, Set<Party> parties) {
    this.call = call;
    this.variables = variables;
    this.body = body;
    this.parties = new LinkedHashSet<>(parties);
  }

  @Override
  public String path() {
    return call.path();
  }

  @Override
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no {" + name + "} in this webhook's suffix");
    }
    return value;
  }

  @Override
  public Optional<String> query(String name) {
    return call.query(name);
  }

  @Override
  public Optional<String> header(String name) {
    return call.header(name);
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  @Override
  public @Nullable Object json() {
    return Json.mapper().treeToValue(Json.parse(body), Object.class);
  }

  @Override
  public Map<String, List<String>> form() {
    var form = new LinkedHashMap<String, List<String>>();
    for (String pair : text().split("&", -1)) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        form.computeIfAbsent(decode(equals < 0 ? pair : pair.substring(0, equals)), _ -> new ArrayList<>())
            .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "the form is malformed: " + e.getMessage(), e);
    }
  }

  @Override
  public Set<Party> parties() {
    return Set.copyOf(parties);
  }

  @Override
  public Optional<Party> party() {
    if (parties.size() > 1) {
      throw new FairwayException(ErrorCode.INVALID, "the token names several parties: " + parties);
    }
    return parties.stream().findFirst();
  }
}
