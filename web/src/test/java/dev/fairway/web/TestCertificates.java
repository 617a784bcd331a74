package dev.fairway.web;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of its own, and certificates by it, as files. */
final class TestCertificates {
  private static final X500Principal AUTHORITY = new X500Principal("CN=Harbour Authority");

  private final KeyPair authority = pair();
  private final X509Certificate root = sign(AUTHORITY, authority, true, 1);
  private long serial = 1;

  /** A certificate for localhost, written as two PEM files. */
  Tls issue(String subject, Path folder) throws IOException {
    KeyPair pair = pair();
    X509Certificate certificate = sign(new X500Principal("CN=" + subject), pair, false, ++serial);
    Path chain = Files.writeString(folder.resolve(subject + ".crt"), pem("CERTIFICATE", encoded(certificate)));
    Path key = Files.writeString(folder.resolve(subject + ".key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    return new Tls(chain, key, Optional.empty());
  }

  /** The authority's own certificate as a PEM file. */
  Path root(Path folder) throws IOException {
    return Files.writeString(folder.resolve("authority.crt"), pem("CERTIFICATE", encoded(root)));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(bytes)
        + "\n-----END " + kind + "-----\n";
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(X500Principal subject, KeyPair pair, boolean ca, long number) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(AUTHORITY, BigInteger.valueOf(number),
          Date.from(now.minus(Duration.ofMinutes(5))), Date.from(now.plus(Duration.ofDays(1))), subject,
          pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      builder.addExtension(Extension.subjectAlternativeName, false,
          new GeneralNames(new GeneralName[]{new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
      return new JcaX509CertificateConverter().getCertificate(
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException(e);
    }
  }
}
