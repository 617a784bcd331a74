package dev.fairway.core.ledger;

/**
 * Names a contract for ever on its ledger; chosen by the ledger and compared by value only.
 *
 * @param value 1 to 1024 printable ASCII characters
 */
public record ContractId(String value) {
  public ContractId {
    if (value.isEmpty() || value.length() > 1024 || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "contract id must be 1 to 1024 printable ASCII characters, is \"" + value + "\"");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
