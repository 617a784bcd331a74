package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Sends each contract of a template as a mail of plain text, and then exercises a choice on it, {@code Archive} unless told
 * otherwise. At least once: the {@code Message-ID} is the same on every attempt, so that mailboxes can tell. A mail that
 * the server refuses for good, or for one of its recipients, goes to nobody and is set aside; a server that cannot be
 * reached is tried for a day.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321">RFC 5321, Simple Mail Transfer Protocol</a>
 */
public final class MailSender implements Integration<MailSender.Settings> {
  /** More than fit into the day after which a delivery is too old, so that the day is the bound. */
  private static final int ATTEMPTS = 1_000;
  private static final String LIMIT_MILLIS = "30000";

  /** How the connection is kept from being read. */
  public enum Encryption {
    /** Begins in the clear, and sends nothing before it is encrypted. */
    STARTTLS,
    /** Encrypted from the first byte, usually on port 465. */
    TLS, NONE
  }

  /**
   * @param template has {@code to}, addresses with commas between them, {@code subject} and {@code body}
   * @param from who sends; with or without a name
   * @param user with a password, for a server that wants to know
   */
  public record Settings(String template, String host, int port, Encryption encryption, Optional<String> user,
      Optional<Secret> password, String from, String choice) {
    public Settings {
      if (port < 1 || port > 65_535) {
        throw new FairwayException(ErrorCode.INVALID, "port must be 1 to 65535, is " + port);
      }
      if (user.isPresent() != password.isPresent()) {
        throw new FairwayException(ErrorCode.INVALID, "user and password go together; one of them is missing");
      }
      if (user.isPresent() && encryption == Encryption.NONE) {
        throw new FairwayException(ErrorCode.INVALID, "a password is not sent in the clear; use STARTTLS or TLS");
      }
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    InternetAddress from = addresses("from", settings.from())[0];
    Session session = session(settings, domain(from));
    events.ledger().created(settings.template()).concurrency(4).attempts(ATTEMPTS).handle(event -> {
      LedgerValue.Struct payload = event.contract().payload();
      var mail = new Mail(session, event.attempt(), domain(from));
      mail.setFrom(from);
      mail.setRecipients(Message.RecipientType.TO, addresses("to", payload.text("to")));
      mail.setSubject(line("subject", payload.text("subject")), StandardCharsets.UTF_8.name());
      mail.setSentDate(Date.from(env.clock().instant()));
      mail.setText(payload.text("body"), StandardCharsets.UTF_8.name());
      event.attempt().holdBackIfDry("send a mail to " + payload.text("to"));
      send(session, settings, mail);
      return Response.commands(Command.exercise(event.contract(), settings.choice(), LedgerValue.struct()));
    });
  }

  private static Session session(Settings settings, String domain) {
    String protocol = protocol(settings);
    var properties = new Properties();
    properties.put("mail." + protocol + ".host", settings.host());
    properties.put("mail." + protocol + ".port", Integer.toString(settings.port()));
    properties.put("mail." + protocol + ".localhost", domain);
    properties.put("mail." + protocol + ".auth", Boolean.toString(settings.user().isPresent()));
    properties.put("mail." + protocol + ".starttls.required",
        Boolean.toString(settings.encryption() == Encryption.STARTTLS));
    properties.put("mail." + protocol + ".ssl.checkserveridentity", "true");
    for (String limit : new String[]{"connectiontimeout", "timeout", "writetimeout"}) {
      properties.put("mail." + protocol + "." + limit, LIMIT_MILLIS);
    }
    return Session.getInstance(properties);
  }

  private static String protocol(Settings settings) {
    return settings.encryption() == Encryption.TLS ? "smtps" : "smtp";
  }

  private static void send(Session session, Settings settings, Mail mail) throws MessagingException {
    mail.saveChanges();
    try (Transport transport = session.getTransport(protocol(settings))) {
      transport.connect(settings.user().orElse(null), settings.password().map(Secret::reveal).orElse(null));
      transport.sendMessage(mail, mail.getAllRecipients());
    } catch (MessagingException e) {
      throw new FairwayException(refusedForGood(e) ? ErrorCode.PEER_LIED : ErrorCode.PEER_FAILED,
          settings.host() + " did not take the mail: " + reasons(e), e);
    }
  }

  /* A reply 5yz is a permanent negative completion (RFC 5321, 4.2.1). */
  private static boolean refusedForGood(@Nullable Exception failure) {
    int reply = switch (failure) {
      case SMTPSendFailedException e -> e.getReturnCode();
      case SMTPSenderFailedException e -> e.getReturnCode();
      case SMTPAddressFailedException e -> e.getReturnCode();
      case null, default -> 0;
    };
    return reply >= 500 || (failure instanceof MessagingException e && refusedForGood(e.getNextException()));
  }

  private static String reasons(Exception failure) {
    String reason = String.valueOf(failure.getMessage()).strip();
    return failure instanceof MessagingException e && e.getNextException() != null
        ? reason + "; " + reasons(e.getNextException())
        : reason;
  }

  private static InternetAddress[] addresses(String field, String text) {
    try {
      InternetAddress[] addresses = InternetAddress.parse(line(field, text));
      for (InternetAddress address : addresses) {
        address.validate();
      }
      if (addresses.length > 0) {
        return addresses;
      }
    } catch (AddressException e) {
      throw new FairwayException(ErrorCode.INVALID, field + " must be mail addresses, is \"" + text + "\"", e);
    }
    throw new FairwayException(ErrorCode.INVALID, field + " must be mail addresses, is empty");
  }

  /* A line end would begin another header. */
  private static String line(String field, String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new FairwayException(ErrorCode.INVALID, field + " must be one line without control characters");
    }
    return text;
  }

  private static String domain(InternetAddress from) {
    return from.getAddress().substring(from.getAddress().indexOf('@') + 1);
  }

  /** A mail that is the same on every attempt. */
  private static final class Mail extends MimeMessage {
    private final String id;

    Mail(Session session, Attempt attempt, String domain) {
      super(session);
      this.id = "<" + UUID.nameUUIDFromBytes(attempt.idempotencyKey().getBytes(StandardCharsets.UTF_8)) + "@" + domain
          + ">";
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}
