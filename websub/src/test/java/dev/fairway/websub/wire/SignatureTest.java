package dev.fairway.websub.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {
  private static final byte[] BODY = "{\"id\": 55}".getBytes(UTF_8);
  private static final Secret SECRET = new Secret("s3cr3t");
  private static final String SIGNED = "sha256=1a2e1b95cc047a2bd32071c03fd646c055d434ffe5d0453fb3d9d198f584bde0";

  @Test
  void signsAsTheVectorSays() {
    assertThat(Signature.of(Signature.Method.SHA256, SECRET, BODY)).isEqualTo(SIGNED);
  }

  @ParameterizedTest
  @EnumSource
  void verifiesEveryMethod(Signature.Method method) {
    String header = Signature.of(method, SECRET, BODY);
    assertThat(Signature.verify(header, BODY, List.of(SECRET))).isTrue();
    assertThat(Signature.verify(header, BODY, List.of(new Secret("other")))).isFalse();
    assertThat(Signature.verify(header, "{}".getBytes(UTF_8), List.of(SECRET))).isFalse();
  }

  @Test
  void anyOfTheSecretsWillDo() {
    assertThat(Signature.verify(SIGNED, BODY, List.of(new Secret("newer"), SECRET))).isTrue();
    assertThat(Signature.verify(SIGNED, BODY, List.of())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256", "sha256=", "=", "md5=00", "sha256=zz", "sha256=1a2e1b95",
      "sha1=1a2e1b95cc047a2bd3"})
  void refusesWhatIsNoSignature(String header) {
    assertThat(Signature.verify(header, BODY, List.of(SECRET))).isFalse();
  }
}
