package dev.fairway.evm.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fairway.core.Secret;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SignerTest {
  private static final String EIP155_KEY = "0x" + "46".repeat(32);

  @Test
  void nativeLibraryIsUsedOnThisMachine() {
    assertThat(Secp256k1.best()).isNotInstanceOf(Secp256k1.portable().getClass());
  }

  /** The example in EIP-155. */
  @Test
  void legacyTransactionIsSignedAsTheStandardShows() {
    KeySigner signer = KeySigner.of(new Secret(EIP155_KEY));
    var transaction = new UnsignedTransaction(1, 9,
        Optional.of(new Address("0x3535353535353535353535353535353535353535")), BigInteger.TEN.pow(18), "0x", 21_000,
        new Fees.Legacy(BigInteger.valueOf(20_000_000_000L)));
    assertThat(signer.address()).isEqualTo(Address.parse("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"));
    assertThat(Hex.of(transaction.digest()))
        .isEqualTo("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    assertThat(signer.sign(transaction).raw())
        .isEqualTo("0xf86c098504a817c800825208943535353535353535353535353535353535"
            + "353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f7"
            + "61aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
  }

  /** The message of EIP-191's most used version, signed as web3's documentation of {@code accounts.sign} shows it. */
  @Test
  void messageIsSignedAsWalletsDo() {
    KeySigner signer = KeySigner.of(new Secret("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));
    byte[] message = "Some data".getBytes(StandardCharsets.UTF_8);
    assertThat(signer.address()).isEqualTo(Address.parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"));
    assertThat(Hex.of(Signer.messageDigest(message)))
        .isEqualTo("0x1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655");
    assertThat(signer.signMessage(message))
        .hasToString("0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
            + "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c");
  }

  @Property(tries = 200)
  void bothCurvesGiveTheSameSignatureAndItLeadsBackToItsKey(@ForAll @Size(32) byte[] key,
      @ForAll @Size(32) byte[] digest) {
    Assume.that(valid(key));
    Signature fast = Secp256k1.best().sign(digest, key);
    Signature portable = Secp256k1.portable().sign(digest, key);
    assertThat(fast).isEqualTo(portable);
    assertThat(fast.s()).isLessThanOrEqualTo(Secp256k1.HALF_ORDER);
    assertThat(Signature.parse(fast.bytes())).isEqualTo(fast);
    assertThat(Secp256k1.best().recover(digest, fast)).isEqualTo(Secp256k1.portable().recover(digest, fast))
        .isEqualTo(Secp256k1.portable().publicKey(key)).isEqualTo(Secp256k1.best().publicKey(key));
  }

  @Property(tries = 200)
  void signedTransactionIsNamedByItsBytesAndReadByAnotherLibrary(@ForAll @Size(32) byte[] key,
      @ForAll @LongRange(min = 1, max = 1L << 40) long chain, @ForAll @LongRange(min = 0, max = 1L << 40) long nonce,
      @ForAll @Size(max = 100) byte[] data, @ForAll boolean dynamic) throws Exception {
    Assume.that(valid(key));
    KeySigner signer = new KeySigner(key);
    Fees fees = dynamic ? new Fees.Dynamic(BigInteger.ONE, BigInteger.TWO) : new Fees.Legacy(BigInteger.TEN);
    var transaction = new UnsignedTransaction(chain, nonce, Optional.of(signer.address()), BigInteger.valueOf(nonce),
        Hex.of(data), 21_000 + nonce, fees);
    SignedTransaction signed = signer.sign(transaction);
    assertThat(signed.hash().bytes()).isEqualTo(Keccak.hash(Hex.bytes(signed.raw())));
    var read = (org.web3j.crypto.SignedRawTransaction) org.web3j.crypto.TransactionDecoder.decode(signed.raw());
    assertThat(new Address(read.getFrom())).isEqualTo(signer.address());
    assertThat(read.getNonce().longValueExact()).isEqualTo(nonce);
  }

  @Property(tries = 500)
  void whatIsNoSignatureIsRefusedOrHarmless(@ForAll @Size(max = 70) byte[] bytes, @ForAll @Size(32) byte[] digest) {
    Signature signature;
    try {
      signature = Signature.parse(bytes);
      Secp256k1.best().signer(digest, signature);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  @Test
  void mirroredSignatureIsRefused() {
    Signature signature = Secp256k1.best().sign(new byte[32], Hex.bytes(EIP155_KEY));
    byte[] mirrored = signature.bytes();
    System.arraycopy(Signature.word(Secp256k1.ORDER.subtract(signature.s())), 0, mirrored, 32, 32);
    mirrored[64] = (byte) (mirrored[64] == 27 ? 28 : 27);
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.parse(mirrored)).withMessageContaining("EIP-2");
  }

  @Test
  void badKeyIsRefusedWithoutBeingShown() {
    String secret = "c0ffee".repeat(11);
    assertThatIllegalArgumentException().isThrownBy(() -> KeySigner.of(new Secret(secret)))
        .withMessageNotContaining("c0ffee").withNoCause();
    assertThatIllegalArgumentException().isThrownBy(() -> KeySigner.of(new Secret("00".repeat(32))));
    assertThatIllegalArgumentException().isThrownBy(() -> KeySigner.of(new Secret("ff".repeat(32))));
    assertThat(KeySigner.of(new Secret(EIP155_KEY)).toString()).doesNotContain("4646");
  }

  private static boolean valid(byte[] key) {
    BigInteger value = new BigInteger(1, key);
    return value.signum() != 0 && value.compareTo(Secp256k1.ORDER) < 0 && !Arrays.equals(key, new byte[32]);
  }
}
