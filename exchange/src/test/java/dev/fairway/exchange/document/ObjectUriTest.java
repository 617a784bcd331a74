package dev.fairway.exchange.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectUriTest {
  @ParameterizedTest
  @ValueSource(strings = {"QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n",
      "/ipfs/QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n", "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",
      "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", "https://google.com/", "https://www.google.com",
      "mailto:a@b.c.d", "UN.CEFACT.Trade", "3gehKTiDMB7r1LM3731nadxJM1n5Vx3eBTvbd9X2P6umuWFjG8Aw"})
  void theFourFormsAreTaken(String value) {
    assertThat(ObjectUri.isValid(value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "https://google.com", "/ipfs/a.b.c", "UN.CEFACT", "QmNotAHash", "hello", "/ipfs/",
      "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzd1", "://x/y"})
  void otherValuesAreNot(String value) {
    assertThat(ObjectUri.isValid(value)).isFalse();
  }

  @Property
  void anyTextIsJudgedWithoutHarm(@ForAll String value) {
    assertThatCode(() -> ObjectUri.isValid(value)).doesNotThrowAnyException();
    assertThatCode(() -> ObjectUri.isValid("/ipfs/" + value)).doesNotThrowAnyException();
    assertThatCode(() -> ObjectUri.isValid("z" + value)).doesNotThrowAnyException();
  }
}
