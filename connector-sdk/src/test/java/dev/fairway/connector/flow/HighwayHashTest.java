package dev.fairway.connector.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of the reference implementation: the key is the bytes 0 to 31, the data the bytes 0, 1, 2, … of each length. */
class HighwayHashTest {
  private static final List<Long> EXPECTED = List.of(0x907A56DE22C26E53L, 0x7EAB43AAC7CDDD78L, 0xB8D0569AB0B53D62L,
      0x5C6BEFAB8A463D80L, 0xF205A46893007EDAL, 0x2B8A1668E4A94541L, 0xBD4CCC325BEFCA6FL, 0x4D02AE1738F59482L,
      0xE1205108E55F3171L, 0x32D2644EC77A1584L, 0xF6E10ACDB103A90BL, 0xC3BBF4615B415C15L, 0x243CC2040063FA9CL,
      0xA89A58CE65E641FFL, 0x24B031A348455A23L, 0x40793F86A449F33BL, 0xCFAB3489F97EB832L, 0x19FE67D2C8C5C0E2L,
      0x04DD90A69C565CC2L, 0x75D9518E2371C504L, 0x38AD9B1141D3DD16L, 0x0264432CCD8A70E0L, 0xA9DB5A6288683390L,
      0xD7B05492003F028CL, 0x205F615AEA59E51EL, 0xEEE0C89621052884L, 0x1BFC1A93A7284F4FL, 0x512175B5B70DA91DL);

  private static byte[] counting(int from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  @Test
  void shortDataIsHashedAsTheReferenceDoes() {
    for (int length = 0; length < EXPECTED.size(); length++) {
      assertThat(HighwayHash.hash(counting(0, 32), counting(0, length))).as("%s bytes", length)
          .isEqualTo(EXPECTED.get(length));
    }
  }

  @Test
  void dataOfMoreThanAPacketIsHashedAsTheReferenceDoes() {
    byte[] key = new byte[32];
    for (int i = 0; i < 4; i++) {
      key[8 * i] = (byte) (i + 1);
    }
    assertThat(HighwayHash.hash(key, counting(128, 33))).isEqualTo(0x53c516cce478cad7L);
    assertThat(HighwayHash.hash(key, counting(255, 1))).isEqualTo(0x7858f24d2d79b2b2L);
  }

  @Test
  void keysAreSpreadOverTheWholeRange() {
    int[] quarters = new int[4];
    for (int i = 0; i < 1000; i++) {
      long hash = Packed.of(List.of(Json.parse(Integer.toString(i)))).hash();
      assertThat(hash).isBetween(0L, RangeSpec.FULL.keyEnd());
      quarters[(int) (hash >>> 30)]++;
    }
    assertThat(Arrays.stream(quarters).min().orElse(0)).isGreaterThan(200);
  }
}
