package dev.fairway.web;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose tokens are believed.
 *
 * @param issuers each trusted for itself
 * @param names which claims say who the caller is
 * @param skew how far clocks may be apart
 * @param ignoreOtherSchemes whether an {@code Authorization} header that is no JWT counts as none, as old servers had it;
 * else it is refused
 */
public record JwtConfig(List<Issuer> issuers, ClaimNames names, Duration skew, boolean ignoreOtherSchemes) {

  /**
   * One who issues tokens.
   *
   * @param issuer the exact {@code iss} claim
   * @param jwks where its keys are; empty reads {@code jwks_uri} from its OpenID Connect discovery document
   * @param audiences one of them must be in {@code aud} (or be the {@code client_id}, for issuers that write no
   * {@code aud}); empty asks for none
   */
  public record Issuer(String issuer, Optional<URI> jwks, Set<String> audiences) {
    public Issuer {
      audiences = Set.copyOf(audiences);
    }

    URI keysOrDiscovery() {
      return jwks.orElseGet(() -> URI
          .create((issuer.endsWith("/") ? issuer : issuer + "/") + ".well-known/openid-configuration"));
    }
  }

  /** Names of claims. */
  public record ClaimNames(String jurisdiction, String party, String organisation) {
    public static final ClaimNames DEFAULT = new ClaimNames("jurisdiction", "party", "organisation");
  }

  public JwtConfig {
    issuers = List.copyOf(issuers);
    if (issuers.isEmpty()) {
      throw new IllegalArgumentException("tokens need an issuer to be believed");
    }
  }

  public static JwtConfig of(Issuer... issuers) {
    return new JwtConfig(List.of(issuers), ClaimNames.DEFAULT, Duration.ofSeconds(60), false);
  }
}
