package dev.fairway.datatrust.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.Address;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SiweMessagePropertyTest {
  private static final String ACCOUNT = "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1";

  private static String message(String statement) {
    return """
        example.org wants you to sign in with your Ethereum account:
        %s

        %s

        URI: https://example.org/
        Version: 1
        Chain ID: 5
        Nonce: abcdefgh
        Issued At: 2026-01-01T00:00:00Z""".formatted(ACCOUNT, statement);
  }

  @Property
  void statementCannotStandInForAField(@ForAll("statements") String statement) {
    assertThat(SiweMessage.parse(message(statement))).get().satisfies(siwe -> {
      assertThat(siwe.nonce()).isEqualTo("abcdefgh");
      assertThat(siwe.chainId()).isEqualTo(5);
      assertThat(siwe.address()).isEqualTo(Address.parse(ACCOUNT));
    });
  }

  @Provide
  Arbitrary<String> statements() {
    return Arbitraries.of("Hello", "Nonce: forged", "Chain ID: 1\nNonce: forged", "Version: 2", "");
  }

  @Property
  void anythingIsReadWithoutAFailure(@ForAll("texts") String text) {
    assertThat(SiweMessage.parse(text).isPresent()).isIn(true, false);
    assertThat(SiweMessage.looksLike(text)).isIn(true, false);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> lines = Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(1, Arbitraries.strings().ofMaxLength(40)),
        net.jqwik.api.Tuple.of(3, Arbitraries.of(List.of(message("x").split("\n", -1)))));
    return lines.list().ofMaxSize(14).map(all -> String.join("\n", all));
  }
}
