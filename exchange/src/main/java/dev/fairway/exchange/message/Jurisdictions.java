package dev.fairway.exchange.message;

import dev.fairway.core.channel.Jurisdiction;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Which jurisdictions exist: the codes of ISO 3166-1 alpha-2, and those an operator adds ({@code EU}, {@code XK}, test
 * codes). The texts for what is none are those old clients know.
 */
public final class Jurisdictions {
  private static final Set<String> ISO = Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);

  private final Set<String> further;

  public Jurisdictions(Set<String> further) {
    this.further = Set.copyOf(further);
  }

  /** Why a value names no jurisdiction. */
  public static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    Unknown(String text) {
      super(text);
    }

    /** The text old clients know. */
    public String text() {
      return String.valueOf(getMessage());
    }
  }

  public Jurisdiction parse(String code) throws Unknown {
    boolean shaped = code.length() == 2 && code.chars().allMatch(c -> c >= 'A' && c <= 'Z');
    if (!shaped) {
      throw new Unknown("('Please use short 2-characters uppercase country name', '" + Shown.of(code) + "')");
    }
    if (!knows(code)) {
      throw new Unknown("('Unknown jurisdiction name', '" + code + "')");
    }
    return new Jurisdiction(code);
  }

  boolean knows(Jurisdiction jurisdiction) {
    return knows(jurisdiction.code());
  }

  private boolean knows(String code) {
    return ISO.contains(code) || further.contains(code);
  }

  Jurisdiction parse(JsonNode value) throws Unknown {
    if (!value.isString()) {
      throw new Unknown("<class '" + Shown.type(value) + "'>");
    }
    return parse(value.stringValue());
  }
}
