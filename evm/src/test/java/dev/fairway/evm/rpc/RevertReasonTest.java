package dev.fairway.evm.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.Hex;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RevertReasonTest {
  private static final String WORD_20 = "0".repeat(62) + "20";

  @Test
  void reasonsAreReadFromTheirBytes() {
    assertThat(RevertReason.of("0x08c379a0" + WORD_20 + "0".repeat(63) + "5" + "68656c6c6f" + "0".repeat(54)).text())
        .isEqualTo("hello");
    assertThat(RevertReason.of("0x4e487b71" + "0".repeat(62) + "11").text())
        .isEqualTo("panic 0x11: arithmetic overflow or underflow");
    assertThat(RevertReason.of("0x").text()).isEqualTo("reverted without a reason");
    assertThat(RevertReason.of("0xdeadbeef").selector()).isEqualTo("0xdeadbeef");
    assertThat(RevertReason.of("0x08c379a0" + WORD_20 + "f".repeat(64)).text())
        .isEqualTo("reverted with a broken reason");
  }

  @Property
  void anyBytesGiveSomeText(@ForAll @Size(max = 200) byte[] bytes, @ForAll boolean asError) {
    String hex = Hex.of(bytes);
    assertThat(RevertReason.of(asError ? "0x08c379a0" + hex.substring(2) : hex).text()).isNotBlank();
  }
}
