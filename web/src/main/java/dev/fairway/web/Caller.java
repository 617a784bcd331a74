package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, as the credentials say.
 *
 * @param subject a name for logs, limits and the audit; {@code anonymous} when nobody vouched for the caller
 * @param kind how far to trust the rest
 * @param scopes what the token allows
 * @param jurisdiction the jurisdiction the caller belongs to and acts as
 * @param party the ledger party the caller acts as
 * @param organisation the organisation inside the jurisdiction
 * @param claims every claim of the token, for a door's own rules
 */
public record Caller(String subject, Kind kind, Set<String> scopes, Optional<String> jurisdiction,
    Optional<String> party, Optional<String> organisation, Map<String, Object> claims) {

  /** How far a caller's name can be trusted. */
  public enum Kind {
    /** No credentials. */
    ANONYMOUS,
    /** The development profile: everything is allowed and what the caller says of itself is believed. */
    DEVELOPER,
    /** A verified token. */
    VERIFIED
  }

  public static final Caller ANONYMOUS = new Caller("anonymous", Kind.ANONYMOUS, Set.of(), Optional.empty(),
      Optional.empty(), Optional.empty(), Map.of());

  public static final Caller DEVELOPER = new Caller("developer", Kind.DEVELOPER, Set.of(), Optional.empty(),
      Optional.empty(), Optional.empty(), Map.of());

  public Caller {
    scopes = Set.copyOf(scopes);
    claims = Map.copyOf(claims);
  }

  /** Whether credentials were presented and hold, or the profile asks for none. */
  public boolean known() {
    return kind != Kind.ANONYMOUS;
  }

  /** Whether the caller's token carries the scope; always true in the development profile. */
  public boolean may(String scope) {
    return kind == Kind.DEVELOPER || scopes.contains(scope);
  }

  /** Whether the caller may act for the jurisdiction: its token names it, or the profile believes every name. */
  public boolean actsFor(String name) {
    return jurisdiction.map(name::equals).orElse(kind == Kind.DEVELOPER);
  }

  /**
   * The jurisdiction to act as, given what the request asks for.
   *
   * @param asked from a parameter or body; empty when the request names none
   * @throws FairwayException with {@code FORBIDDEN} when it is another than the token names, or nobody names one
   */
  public String actingJurisdiction(Optional<String> asked) {
    if (asked.isPresent() && !actsFor(asked.get())) {
      throw new FairwayException(ErrorCode.FORBIDDEN, "this caller may not act for jurisdiction " + asked.get());
    }
    return asked.or(() -> jurisdiction).orElseThrow(
        () -> new FairwayException(ErrorCode.FORBIDDEN, "the credentials name no jurisdiction to act for"));
  }
}
