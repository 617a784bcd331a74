package dev.fairway.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {
  @Property
  void everyQuantityReadsBack(@ForAll @LongRange(min = 0) long number) {
    assertThat(Hex.toLong(Hex.of(number))).isEqualTo(number);
    assertThat(Hex.number(Hex.of(number))).isEqualTo(BigInteger.valueOf(number));
  }

  @Property
  void whateverFollowsThePrefixIsANumberToBothReadersOrToNeither(
      @ForAll @CharRange(from = '0', to = '9') @Chars({'a', 'F', 'g', '-', '+',
          ' '}) @StringLength(max = 15) String digits) {
    String text = "0x" + digits;
    BigInteger number;
    try {
      number = Hex.number(text);
    } catch (IllegalArgumentException e) {
      assertThatIllegalArgumentException().isThrownBy(() -> Hex.toLong(text));
      return;
    }
    assertThat(Hex.toLong(text)).isEqualTo(number.longValueExact());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "ff", "0x-1", "0x+1", "0x1g", "0X1", "0x 1", "0x8000000000000000",
      "0x10000000000000000"})
  void whatIsNoQuantityOrTooLargeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Hex.toLong(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x7fffffffffffffff", "0x0007fffffffffffffff"})
  void largestOf63BitsIsRead(String text) {
    assertThat(Hex.toLong(text)).isEqualTo(Long.MAX_VALUE);
  }
}
