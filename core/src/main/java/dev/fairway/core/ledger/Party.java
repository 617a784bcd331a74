package dev.fairway.core.ledger;

import java.util.regex.Pattern;

/**
 * Who acts on a ledger and sees what is on it.
 *
 * @param name 1 to 255 of {@code A-Z a-z 0-9 : - _} and space (Daml Ledger API, "party id string")
 */
public record Party(String name) implements Comparable<Party> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:\\-_ ]{1,255}");

  public Party {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("party must be 1 to 255 of A-Z a-z 0-9 : - _ and space, is \"" + name + "\"");
    }
  }

  @Override
  public int compareTo(Party other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
