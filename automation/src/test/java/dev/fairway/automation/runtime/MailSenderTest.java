package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.DeadLetters;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mail to GreenMail, an SMTP server, in the clear and by TLS with a certificate that nobody vouches for. */
@Timeout(120)
class MailSenderTest {
  private static final String MODEL = """
      package: { name: post, version: 1.0.0 }
      templates:
        Post:Mail:
          fields: { sender: Party, to: Text, subject: Text, body: Text }
          signatories: [sender]
      """;

  @TempDir
  private Path folder;

  private final GreenMail server = new GreenMail(
      new ServerSetup[]{setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_SMTPS)});

  private static ServerSetup setup(String protocol) {
    return new ServerSetup(0, "127.0.0.1", protocol);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void contractsAreSentToAllRecipientsAndArchived() throws Exception {
    server.start();
    try (var node = new Node(folder)) {
      run(node, server.getSmtp(), Map.of("encryption", "NONE"));
      write(node, "Ann <ann@port.example>, ben@port.example", "Grüße", "Ahoy,\n.\nBen");
      eventually(() -> assertThat(node.active(node.bob, "Post:Mail")).isEmpty());
      assertThat(server.getReceivedMessages()).hasSize(2);
      MimeMessage mail = server.getReceivedMessages()[0];
      assertThat(mail.getSubject()).isEqualTo("Grüße");
      assertThat(mail.getFrom()[0].toString()).isEqualTo("Desk <desk@port.example>");
      assertThat(mail.getRecipients(Message.RecipientType.TO)).hasSize(2);
      assertThat(mail.getMessageID()).endsWith("@port.example>");
      assertThat(((String) mail.getContent()).lines()).containsExactly("Ahoy,", ".", "Ben");
    }
  }

  @Test
  void mailThatCannotBeOneIsSetAsideAtOnceAndHoldsUpNobody() {
    server.start();
    try (var node = new Node(folder)) {
      run(node, server.getSmtp(), Map.of("encryption", "NONE"));
      write(node, "ann@port.example", "hello\r\nBcc: eve@port.example", "");
      write(node, "ann@", "hello", "");
      write(node, "ann@port.example", "hello", "");
      eventually(() -> assertThat(server.getReceivedMessages()).hasSize(1));
      eventually(() -> assertThat(node.setAside()).hasSize(2)
          .anySatisfy(why -> assertThat(why).contains("subject must be one line"))
          .anySatisfy(why -> assertThat(why).contains("to must be mail addresses")));
    }
  }

  @Test
  void triedDryNothingIsSent() {
    server.start();
    try (var node = new Node(folder)) {
      run(node, server.getSmtp(), Map.of("encryption", "NONE"));
      write(node, "ann@", "hello", "");
      eventually(() -> assertThat(node.setAside()).hasSize(1));
      var dead = new DeadLetters(node.store, node.handlers);
      WorkId letter = dead.list(DeadLetters.Filter.ALL, 0, 1).getFirst().id();
      String payload = dead.show(letter).orElseThrow().text();
      dead.edit(letter, payload.replace("ann@", "ann@port.example").getBytes(StandardCharsets.UTF_8), "ada");
      assertThat(dead.tryDry(letter, "ada"))
          .isEqualTo(new DeadLetters.Tried("fail", "would send a mail to ann@port.example"));
      assertThat(server.getReceivedMessages()).isEmpty();
      dead.redrive(letter, "ada");
      eventually(() -> assertThat(server.getReceivedMessages()).hasSize(1));
    }
  }

  @Test
  void serverThatDoesNotEncryptOrWhoseCertificateNobodyVouchesForIsToldNothing() {
    server.start();
    refused(server.getSmtp(), "STARTTLS", "STARTTLS is required");
    refused(server.getSmtps(), "TLS", "certification path");
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  private void refused(SmtpServer to, String encryption, String why) {
    try (var node = new Node(folder.resolve(encryption))) {
      RunningIntegration running = run(node, to,
          Map.of("encryption", encryption, "user", "desk", "password", "hush"));
      write(node, "ann@port.example", "hello", "");
      // GreenMail's own thread ends with the broken handshake.
      Awaitility.await().atMost(Node.SOON).dontCatchUncaughtExceptions()
          .untilAsserted(() -> assertThat(running.tallies()).anySatisfy(tally -> assertThat(tally.lastError())
              .hasValueSatisfying(error -> assertThat(error).contains("did not take the mail").contains(why))));
    }
  }

  @Test
  void passwordIsNotSentInTheClear() {
    try (var node = new Node(folder)) {
      node.give(MODEL);
      assertThatThrownBy(() -> node.runShipped("mail_sender", Map.of("template", "Post:Mail", "host", "127.0.0.1",
          "encryption", "NONE", "user", "desk", "password", "hush", "from", "desk@port.example")))
          .hasMessageContaining("use STARTTLS or TLS").hasMessageNotContaining("hush");
    }
  }

  private static RunningIntegration run(Node node, SmtpServer to, Map<String, String> more) {
    node.give(MODEL);
    Map<String, String> settings = new HashMap<>(more);
    settings.putAll(Map.of("template", "Post:Mail", "host", "127.0.0.1", "port", Integer.toString(to.getPort()), "from",
        "Desk <desk@port.example>"));
    return node.runShipped("mail_sender", settings);
  }

  private static void write(Node node, String to, String subject, String body) {
    node.submit(node.bob, Command.create(TemplateId.parse("Post:Mail"),
        LedgerValue.struct("sender", LedgerValue.party(node.bob), "to", LedgerValue.text(to))
            .with("subject", LedgerValue.text(subject)).with("body", LedgerValue.text(body))));
  }
}
