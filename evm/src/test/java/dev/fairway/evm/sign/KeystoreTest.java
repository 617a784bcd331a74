package dev.fairway.evm.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import dev.fairway.evm.Hex;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreTest {
  private static final String KEY = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

  @TempDir
  Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("key.json"), text);
  }

  /** The test vector of the Web3 Secret Storage Definition. */
  @Test
  void fileOfTheDefinitionOpens() throws Exception {
    String pbkdf2 = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
        "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}""";
    var expected = new KeySigner(Hex.bytes(KEY)).address();
    assertThat(Keystore.open(file(pbkdf2), new Secret("testpassword")).address()).isEqualTo(expected);
  }

  @Test
  void writtenKeyOpensWithItsPassPhraseOnlyAndIsItsOwnersOnly() throws Exception {
    Path file = folder.resolve("new.json");
    byte[] key = Keystore.newKey();
    var address = Keystore.write(file, key, new Secret("correct horse"), Keystore.Hardness.LIGHT);
    assertThat(Keystore.open(file, new Secret("correct horse")).address()).isEqualTo(address);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(Files.readString(file)).doesNotContain(Hex.of(key).substring(2));
    assertThatThrownBy(() -> Keystore.open(file, new Secret("wrong"))).hasMessageContaining("pass phrase is wrong");
    assertThatThrownBy(() -> Keystore.write(file, key, new Secret("x"), Keystore.Hardness.LIGHT))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void brokenAndGreedyFilesAreRefusedWithTheirName() throws Exception {
    assertThatThrownBy(() -> Keystore.open(folder.resolve("none.json"), new Secret("x")))
        .hasMessageContaining("none.json");
    assertThatThrownBy(() -> Keystore.open(file("{"), new Secret("x"))).hasMessageContaining("not JSON");
    assertThatThrownBy(() -> Keystore.open(file("{\"version\":1}"), new Secret("x"))).hasMessageContaining("version 3");
    String greedy = """
        {"version":3,"crypto":{"cipher":"aes-128-ctr","ciphertext":"00","mac":"00","cipherparams":{"iv":"00"},
        "kdf":"scrypt","kdfparams":{"dklen":32,"n":1073741824,"r":8,"p":1,"salt":"00"}}}""";
    assertThatThrownBy(() -> Keystore.open(file(greedy), new Secret("x"))).hasMessageContaining("out of bounds");
  }
}
