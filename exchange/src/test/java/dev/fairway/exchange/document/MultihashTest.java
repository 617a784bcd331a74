package dev.fairway.exchange.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.blob.BlobId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultihashTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
      "''                | QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
      "hello             | QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5",
      "{}                | QmSvPd3sHK7iWgZuW47fyLy4CaZQe2DwxvRhrJ39VpBVMK",
      "{\"hello\":\"world\"} | QmYGx7Wzqe5prvEsTSzYBQN8xViYUM9qsWJSF5EENLcNmM"})
  void bytesAreNamedAsOldClientsNameThem(String bytes, String name) throws Exception {
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes.getBytes(StandardCharsets.UTF_8));
    assertThat(Multihash.of(BlobId.of(sha256))).hasToString(name);
    assertThat(Multihash.parse(name).flatMap(Multihash::blob)).contains(BlobId.of(sha256));
  }

  @Test
  void lengthIsNotComparedWithTheAlgorithms() {
    Multihash odd = Multihash.parse("3gehKTiDMB7r1LM3731nadxJM1n5Vx3eBTvbd9X2P6umuWFjG8Aw").orElseThrow();
    assertThat(odd.code()).isEqualTo(0x12);
    assertThat(odd.length()).isEqualTo(36);
    assertThat(odd.blob()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Qm", "not a multihash", "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT", "0OIl", "11",
      "../etc/passwd", "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5/..", "é"})
  void whatIsNoMultihashIsRefused(String text) {
    assertThat(Multihash.parse(text)).isEmpty();
  }

  @Property
  void base58IsReadBackAsItWasWritten(@ForAll byte[] bytes) {
    byte[] some = Arrays.copyOf(bytes, Math.min(bytes.length, 300));
    assertThat(Base58.decode(Base58.encode(some))).hasValueSatisfying(read -> assertThat(read).isEqualTo(some));
  }

  @Property
  void anyTextIsReadWithoutHarm(@ForAll String text) {
    Base58.decode(text).ifPresent(bytes -> assertThat(Base58.encode(bytes)).isEqualTo(text));
    Multihash.parse(text).ifPresent(multihash -> assertThat(multihash).hasToString(text));
  }
}
