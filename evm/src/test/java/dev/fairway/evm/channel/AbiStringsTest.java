package dev.fairway.evm.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.Hex;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;

class AbiStringsTest {
  @SuppressWarnings("rawtypes") // the library's own signature
  private static String encoded(List<String> texts) {
    return "0x" + FunctionEncoder.encodeConstructor(texts.stream().<Type>map(Utf8String::new).toList());
  }

  @Property(tries = 200)
  void whatALibraryWroteIsReadAgain(@ForAll @Size(5) List<String> texts) {
    List<String> whole = texts.stream().map(text -> text.replaceAll("[\\ud800-\\udfff]", "?")).toList();
    assertThat(AbiStrings.read(encoded(whole), 5)).contains(whole);
  }

  @Property(tries = 200)
  void whatIsCutOffIsNoStrings(@ForAll @IntRange(min = 1, max = 400) int missing) {
    byte[] bytes = Hex.bytes(encoded(List.of("a".repeat(32), "b".repeat(64), "c".repeat(96))));
    byte[] cut = Arrays.copyOf(bytes, Math.max(0, bytes.length - missing));
    assertThat(AbiStrings.read(Hex.of(cut), 3)).isEmpty();
  }

  @Property(tries = 500)
  void anyBytesAreReadOrNotAndNeverAFailure(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 5) int count) {
    AbiStrings.read("0x" + HexFormat.of().formatHex(bytes), count);
  }
}
