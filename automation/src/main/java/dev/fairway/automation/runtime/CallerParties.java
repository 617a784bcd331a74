package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * For which parties a caller of an integration may speak, by the claims of its token. Safe for many threads.
 *
 * @see <a href="https://docs.daml.com/app-dev/authorization.html">Daml, authorization: access tokens and claims</a>
 */
final class CallerParties {
  private static final String LEDGER_CLAIMS = "https://daml.com/ledger-api";

  private final AutomationConfig config;

  CallerParties(AutomationConfig config) {
    this.config = config;
  }

  /** Whether a call may go on. */
  sealed interface Authorized {
    /** It may, for these parties; none where anyone may call. */
    record As(Set<Party> parties) implements Authorized {}

    /** It may not. */
    record No(CodedRefusal refusal) implements Authorized {}
  }

  /**
   * Whom a call speaks for, where a level is asked for.
   *
   * @param own whom the integration acts as
   */
  Authorized authorize(Call call, Authorization level, Party own) {
    if (level == Authorization.PUBLIC) {
      return new Authorized.As(Set.of());
    }
    if (!config.authorization()) {
      return no(401, "no_authorization_support",
          "this endpoint requires authorization, which is unavailable without JWKS support.");
    }
    Optional<String> header = call.header("Authorization");
    if (header.isPresent() && !header.get().matches("Bearer \\S.*")) {
      return no(401, "invalid_auth_scheme", "Invalid authorization scheme. Should be `Bearer <token>`");
    }
    Caller caller;
    try {
      caller = call.caller();
    } catch (FairwayException e) {
      return no(403, "invalid_token", "this endpoint was presented with an invalid token");
    }
    if (caller.kind() == Caller.Kind.DEVELOPER) {
      return new Authorized.As(caller.party().map(name -> Set.of(new Party(name))).orElseGet(() -> Set.of(own)));
    }
    if (!caller.known()) {
      return no(401, "missing_token", "this endpoint requires a valid token and none was supplied");
    }
    Optional<Set<Party>> parties = parties(caller);
    if (parties.isEmpty()) {
      return no(401, "missing_ledger_claims",
          "this endpoint requires a valid token containing DAML ledger API claims for ledger ID \"" + config.ledgerId()
              + "\"");
    }
    return level == Authorization.INTEGRATION_PARTY && !parties.get().contains(own)
        ? no(401, "unauthorized", "unauthorized token")
        : new Authorized.As(parties.get());
  }

  private static Authorized no(int status, String code, String description) {
    return new Authorized.No(new CodedRefusal(status, code, description));
  }

  /* A party counts when the token lets it act and read; a token of the node's own kind names one party outright. */
  private Optional<Set<Party>> parties(Caller caller) {
    if (caller.claims().get(LEDGER_CLAIMS) instanceof Map<?, ?> claims) {
      if (!config.ledgerId().equals(claims.get("ledgerId"))) {
        return Optional.empty();
      }
      var both = names(claims.get("actAs"));
      both.retainAll(names(claims.get("readAs")));
      return Optional.of(both);
    }
    return caller.party().map(name -> Set.of(new Party(name)));
  }

  private static Set<Party> names(@Nullable Object claim) {
    var parties = new TreeSet<Party>();
    if (claim instanceof List<?> list) {
      for (Object name : list) {
        if (name instanceof String text && text.matches("[A-Za-z0-9:\\-_ ]{1,255}")) {
          parties.add(new Party(text));
        }
      }
    }
    return parties;
  }
}
