package dev.fairway.datatrust.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipientTest {
  @Test
  void pointsOfSmallOrderAreKeysNobodyCanHave() {
    String ones = "ff".repeat(30);
    for (String point : List.of("00".repeat(32), "01" + "00".repeat(31),
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + ones + "7f", "ed" + ones + "7f", "ee" + ones + "7f")) {
      assertThatIllegalArgumentException().as(point).isThrownBy(() -> Recipient.of(HexFormat.of().parseHex(point)))
          .withMessageContaining("somebody can have");
    }
  }

  @Test
  void keysThatSomebodyMadeAreTaken() {
    Recipient made = new Envelope.Opener().recipient();
    assertThat(new Recipient(made.text())).isEqualTo(made);
    byte[] base = new byte[Recipient.BYTES];
    base[0] = 9;
    assertThat(Recipient.of(base).bytes()).isEqualTo(base);
  }
}
