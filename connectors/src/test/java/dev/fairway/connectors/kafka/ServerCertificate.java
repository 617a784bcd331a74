package dev.fairway.connectors.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A certificate of a server at 127.0.0.1, vouched for by itself alone, and its key.
 *
 * @param keystore where both are kept (PKCS #12)
 * @param pem the certificate, for those who shall trust it
 */
record ServerCertificate(Path keystore, String pem) {
  static final String PASSWORD = "keystore";
  private static final String ALIAS = "server";

  /** Makes one in the folder, with the tool of the JDK. */
  static ServerCertificate make(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
    Path keystore = folder.resolve("keystore.p12");
    Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1",
        "-dname", "CN=broker", "-ext", "san=ip:127.0.0.1", "-validity", "2", "-storetype", "PKCS12", "-keystore",
        keystore.toString(), "-storepass", PASSWORD).redirectErrorStream(true)
        .redirectOutput(folder.resolve("keytool.log").toFile()).start();
    if (!keytool.waitFor(2, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IllegalStateException(
          "keytool made no certificate:\n" + Files.readString(folder.resolve("keytool.log")));
    }
    KeyStore read = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keystore)) {
      read.load(in, PASSWORD.toCharArray());
    }
    String lines = Base64.getMimeEncoder().encodeToString(read.getCertificate(ALIAS).getEncoded());
    return new ServerCertificate(keystore,
        "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n");
  }
}
