package dev.fairway.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  /** The examples of EIP-55. */
  @ParameterizedTest
  @ValueSource(strings = {"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
      "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"})
  void checkLettersAreThoseOfTheStandard(String text) {
    assertThat(Address.parse(text).checksummed()).isEqualTo(text);
    assertThat(Address.parse(text.toLowerCase(Locale.ROOT)).checksummed()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "52908400098527886E0F7030069857D2E4169EE7", "0x5290840009852788",
      "0x52908400098527886E0F7030069857D2E4169EE7ff", "0x52908400098527886E0F7030069857D2E4169EEg",
      "0x../../../../../../../../../../../../etc/"})
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"})
  void mistypedLetterIsNoticed(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(text)).withMessageContaining("mistyped");
  }

  @Property
  void everyAddressReadsBackFromItsCheckedForm(@ForAll @Size(20) byte[] bytes) {
    Address address = new Address(Hex.of(bytes));
    assertThat(Address.parse(address.checksummed())).isEqualTo(address);
    assertThat(address.bytes()).isEqualTo(bytes);
  }
}
