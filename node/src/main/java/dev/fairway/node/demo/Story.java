package dev.fairway.node.demo;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.BlobId;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.node.pair.NodePair;
import dev.fairway.node.pair.Side;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** What the demonstration does: sends certificates across, and looks whether each arrived once and whole. */
final class Story {
  private final NodePair pair;
  private final Consumer<String> tell;

  Story(NodePair pair, Consumer<String> tell) {
    this.pair = pair;
    this.tell = tell;
  }

  /** A certificate that was handed in. */
  record Sent(Certificate certificate, String reference, String subject, List<String> documents) {}

  /** What became of all that was sent. */
  record Result(int messages, int arrivedOnce, int documents, int verified, List<String> faults) {
    boolean good() {
      return faults.isEmpty();
    }
  }

  void subscribe() {
    for (String jurisdiction : pair.jurisdictions()) {
      pair.side(jurisdiction).subscribe("message.*", pair.listener(jurisdiction).callback());
      tell.accept(jurisdiction + "'s business system subscribes to message.* at its node");
    }
  }

  Sent send(Certificate certificate, String serial) {
    Side from = pair.side(certificate.from());
    List<String> documents = new ArrayList<>();
    for (Certificate.Attachment attachment : certificate.attachments()) {
      documents.add(from.upload(attachment.bytes(), attachment.mediaType(), certificate.to()));
    }
    documents.addFirst(from.upload(certificate.linkedTo(documents, serial), "application/json", certificate.to()));
    String reference = certificate.number() + "." + serial;
    from.send(reference, certificate.to(), reference, documents.getFirst(), certificate.predicate());
    return new Sent(certificate, reference, reference, documents);
  }

  /** Sends one and tells each step as it happens. */
  Sent sendAndTell(Certificate certificate, String serial) {
    tell.accept("");
    tell.accept(certificate.from() + " issues " + certificate.number() + ": " + certificate.goods());
    Sent sent = send(certificate, serial);
    tell.accept("  handed in as " + certificate.from() + ":" + sent.reference() + " with " + sent.documents().size()
        + " documents, the first " + sent.documents().getFirst());
    Side from = pair.side(certificate.from());
    await("the sender's node to see it confirmed", () -> "confirmed"
        .equals(from.message(certificate.from(), sent.reference()).path("channel_status").asString()));
    tell.accept("  confirmed on the channel");
    Side to = pair.side(certificate.to());
    await("the message to arrive", () -> !to.messagesAbout(sent.subject()).isEmpty());
    JsonNode arrived = to.messagesAbout(sent.subject()).getFirst();
    tell.accept("  arrived at " + certificate.to() + " as " + certificate.from() + ":"
        + arrived.path("sender_ref").asString());
    await("its documents", () -> sent.documents().stream().allMatch(document -> to.download(document).isPresent()));
    tell.accept("  all " + sent.documents().size() + " documents fetched, each hash verified");
    await("the subscribers to be told", () -> told(sent));
    tell.accept("  subscribers on both sides have been told");
    return sent;
  }

  /** Waits until everything has arrived, or the time is over, and then looks closely. */
  Result settle(List<Sent> all, Duration limit) {
    Instant end = Instant.now().plus(limit);
    for (Sent sent : all) {
      Side to = pair.side(sent.certificate().to());
      waitUntil(end, () -> !to.messagesAbout(sent.subject()).isEmpty());
      for (String document : sent.documents()) {
        waitUntil(end, () -> to.download(document).isPresent());
      }
      waitUntil(end, () -> told(sent));
      Side from = pair.side(sent.certificate().from());
      waitUntil(end, () -> "confirmed"
          .equals(from.message(sent.certificate().from(), sent.reference()).path("channel_status").asString()));
    }
    return verify(all);
  }

  private Result verify(List<Sent> all) {
    int arrivedOnce = 0;
    int documents = 0;
    int verified = 0;
    List<String> faults = new ArrayList<>();
    for (Sent sent : all) {
      Side to = pair.side(sent.certificate().to());
      List<JsonNode> arrived = to.messagesAbout(sent.subject());
      if (arrived.size() == 1) {
        arrivedOnce++;
      } else {
        faults.add(sent.reference() + " arrived " + arrived.size() + " times");
      }
      String status = pair.side(sent.certificate().from()).message(sent.certificate().from(), sent.reference())
          .path("channel_status").asString();
      if (!"confirmed".equals(status)) {
        faults.add(sent.reference() + " is \"" + status + "\" at its sender");
      }
      if (!told(sent)) {
        faults.add("a subscriber was not told of " + sent.reference());
      }
      for (String document : sent.documents()) {
        documents++;
        Optional<byte[]> bytes = to.download(document);
        if (bytes.isPresent() && multihash(bytes.get()).equals(document)) {
          verified++;
        } else {
          faults.add(bytes.isPresent() ? document + " has other bytes" : document + " did not arrive");
        }
      }
    }
    return new Result(all.size(), arrivedOnce, documents, verified, faults);
  }

  private boolean told(Sent sent) {
    String sender = sent.certificate().from();
    boolean senderTold = pair.listener(sender).references().contains(sender + ":" + sent.reference());
    return senderTold && pair.side(sent.certificate().to()).messagesAbout(sent.subject()).stream()
        .allMatch(message -> pair.listener(sent.certificate().to()).references()
            .contains(sender + ":" + message.path("sender_ref").asString()));
  }

  private static String multihash(byte[] bytes) {
    try {
      return Multihash.of(BlobId.of(MessageDigest.getInstance("SHA-256").digest(bytes))).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    if (!waitUntil(Instant.now().plusSeconds(60), condition)) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "waited a minute for " + what);
    }
  }

  private static boolean waitUntil(Instant end, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FairwayException(ErrorCode.BUSY, "interrupted", e);
      }
    }
    return true;
  }

}
