package dev.fairway.connectors.sealed;

import com.exceptionfactory.jagged.DecryptingChannelFactory;
import com.exceptionfactory.jagged.EncryptingChannelFactory;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.framework.armor.ArmoredDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.armor.ArmoredEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Small secrets as armoured age files, for X25519 recipients. Safe for many threads. */
final class Age {
  private Age() {}

  static String encrypt(byte[] secret, String recipient) {
    EncryptingChannelFactory factory = new ArmoredEncryptingChannelFactory();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WritableByteChannel channel = factory.newEncryptingChannel(Channels.newChannel(out),
        List.of(X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient)))) {
      channel.write(ByteBuffer.wrap(secret));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID,
          "\"" + recipient
              + "\" is not an age recipient; write what \"connector keygen\" printed, age1 and 58 letters and digits",
          e);
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  /** @throws GeneralSecurityException when none of the identities opens it */
  static byte[] decrypt(String armoured, List<Secret> identities) throws GeneralSecurityException, IOException {
    List<RecipientStanzaReader> readers = new ArrayList<>();
    for (Secret identity : identities) {
      readers.add(X25519RecipientStanzaReaderFactory
          .newRecipientStanzaReader(identity.reveal().toUpperCase(Locale.ROOT)));
    }
    DecryptingChannelFactory factory = new ArmoredDecryptingChannelFactory();
    GeneralSecurityException last = new GeneralSecurityException("no age identity was given");
    for (RecipientStanzaReader reader : readers) {
      byte[] text = (armoured.strip() + "\n").getBytes(StandardCharsets.US_ASCII);
      try (ReadableByteChannel channel = factory
          .newDecryptingChannel(Channels.newChannel(new ByteArrayInputStream(text)), List.of(reader))) {
        return Channels.newInputStream(channel).readAllBytes();
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw last;
  }

  /** A fresh identity, and the recipient that belongs to it. */
  static KeyPair generate() {
    try {
      java.security.KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
      return new KeyPair(new Secret(new String(pair.getPrivate().getEncoded(), StandardCharsets.US_ASCII)),
          new String(pair.getPublic().getEncoded(), StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no X25519", e);
    }
  }

  /** An identity, and the recipient that belongs to it. */
  record KeyPair(Secret identity, String recipient) {}
}
