package dev.fairway.exchange.delivery;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.document.FetchLimits;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.document.StoredDocument;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.web.Json;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Gets a document of a message that arrived, from the Document API its sender's jurisdiction is configured with. The bytes
 * are kept only if they have the hash they were asked by. The documents they link to are put down in the same transaction,
 * so none is forgotten, and only so many and so deep as the limits allow.
 */
public final class Fetch implements WorkHandler<Works.Fetching> {
  /** A larger document is stored, and not looked into for links. */
  private static final int LARGEST_WITH_LINKS = 8 << 20;
  private static final Duration LONGEST_WAIT_FOR_UPLOAD = Duration.ofHours(1);

  private final Store store;
  private final Blobs blobs;
  private final OutboundClient client;
  private final Jurisdiction own;
  private final Map<Jurisdiction, DocumentPeer> peers;
  private final FetchLimits limits;
  private final InstantSource clock;
  private final MessageTable messages = new MessageTable();
  private final DocumentTable documents = new DocumentTable();

  public Fetch(Store store, Blobs blobs, OutboundClient client, Jurisdiction own,
      Map<Jurisdiction, DocumentPeer> peers, FetchLimits limits, InstantSource clock) {
    this.store = store;
    this.blobs = blobs;
    this.client = client;
    this.own = own;
    this.peers = Map.copyOf(peers);
    this.limits = limits;
    this.clock = clock;
  }

  /** What came of asking for a document. */
  private sealed interface Answer {
    record Here(long bytes, String mediaType) implements Answer {}

    record Not(Outcome outcome) implements Answer {}
  }

  @Override
  public Outcome run(Delivery<Works.Fetching> delivery) throws InterruptedException, IOException {
    Works.Fetching fetching = delivery.payload();
    Answer answer = here(fetching.document()).orElse(null);
    if (answer == null) {
      answer = download(delivery);
    }
    return switch (answer) {
      case Answer.Not(var outcome) -> outcome;
      case Answer.Here(var bytes, var mediaType) -> {
        List<BlobId> links = links(fetching.document(), bytes);
        yield Outcome.done(tx -> stored(tx, fetching, bytes, mediaType, links));
      }
    };
  }

  private Optional<Answer> here(BlobId document) throws IOException {
    Optional<StoredDocument> known = store.read(view -> documents.find(view, document));
    return known.isPresent() && blobs.find(document).isPresent()
        ? Optional.of(new Answer.Here(known.get().bytes(), known.get().mediaType()))
        : Optional.empty();
  }

  private Answer download(Delivery<Works.Fetching> delivery) throws InterruptedException {
    Jurisdiction sender = delivery.payload().message().sender();
    DocumentPeer peer = peers.get(sender);
    if (peer == null) {
      return new Answer.Not(Outcome.fail("no Document API is configured for " + sender + "; add exchange.documents."
          + sender + ", then release this work"));
    }
    BlobId document = delivery.payload().document();
    URI url = peer.base().resolve(Multihash.of(document) + "?as_jurisdiction=" + own);
    OutboundRequest request = OutboundRequest.get(url).within(limits.download())
        .responseLimit(limits.documentBytes());
    Optional<Secret> token = peer.tokens().isPresent() ? Optional.of(peer.tokens().get().token()) : Optional.empty();
    if (token.isPresent()) {
      request = request.bearer(token.get().reveal());
    } else if ("http".equals(peer.base().getScheme())) {
      request = request.header("Authorization",
          "JWTBODY {\"sub\":\"documents-api\",\"party\":\"spider\",\"jurisdiction\":\"" + own + "\"}");
    }
    AtomicReference<@Nullable Answer> here = new AtomicReference<>();
    OutboundResult result;
    try {
      result = client.stream(request, (answer, body) -> {
        if (answer.status() == 200 || answer.status() == 201) {
          here.set(keep(answer, body, document));
        }
      });
    } catch (FairwayException e) {
      return new Answer.Not(e.code() == ErrorCode.PEER_LIED
          ? Outcome.fail(sender + "'s Document API sent other bytes than " + Multihash.of(document) + " names")
          : e.code() == ErrorCode.TOO_LARGE
              ? Outcome.fail("the document is larger than " + limits.documentBytes() + " bytes")
              : Outcome.retry(String.valueOf(e.getMessage())));
    }
    Answer read = here.get();
    return read != null ? read : new Answer.Not(refusal(delivery, peer, token, result));
  }

  private Answer.Here keep(OutboundResult.Answered answer, InputStream body, BlobId document) throws IOException {
    Blob blob = blobs.writeExpecting(document, body, limits.documentBytes());
    return new Answer.Here(blob.bytes(), Documents.mediaType(answer.header("Content-Type")));
  }

  private Outcome refusal(Delivery<Works.Fetching> delivery, DocumentPeer peer, Optional<Secret> token,
      OutboundResult result) {
    String why = peer.base() + ": " + result.describe();
    if (!(result instanceof OutboundResult.Answered answered)) {
      return result instanceof OutboundResult.Refused ? Outcome.fail(why) : Outcome.retry(why);
    }
    return switch (answered.status()) {
      case 401 -> {
        token.ifPresent(refused -> peer.tokens().orElseThrow().discard(refused));
        yield Outcome.retryAfter(slowly(delivery), why);
      }
      // The sender may upload, or open it to us, after the message.
      case 403, 404 -> Outcome.retryAfter(slowly(delivery), why + ", not there yet or not for us");
      case 408, 425, 429 -> new Outcome.Retry(answered.retryAfter(clock.instant()), why, Outcome.NOTHING);
      default -> answered.status() >= 500
          ? new Outcome.Retry(answered.retryAfter(clock.instant()), why, Outcome.NOTHING)
          : Outcome.fail(why);
    };
  }

  private static Duration slowly(Delivery<?> delivery) {
    Duration wait = Duration.ofSeconds(5L << Math.min(delivery.attempt() - 1, 12));
    return wait.compareTo(LONGEST_WAIT_FOR_UPLOAD) > 0 ? LONGEST_WAIT_FOR_UPLOAD : wait;
  }

  /** The documents a JSON document links to, by the members {@code link} of its list {@code links}. */
  private List<BlobId> links(BlobId document, long bytes) throws IOException {
    if (bytes > LARGEST_WITH_LINKS) {
      return List.of();
    }
    Optional<SeekableByteChannel> opened = blobs.open(document);
    if (opened.isEmpty()) {
      return List.of();
    }
    byte[] content = new byte[(int) bytes];
    try (SeekableByteChannel channel = opened.get()) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until it is whole
      }
    }
    return links(content);
  }

  static List<BlobId> links(byte[] content) {
    int first = 0;
    while (first < content.length && Character.isWhitespace(content[first])) {
      first++;
    }
    if (first == content.length || content[first] != '{') {
      return List.of();
    }
    JsonNode json;
    try {
      json = Json.parse(content);
    } catch (FairwayException notJson) {
      return List.of();
    }
    Set<BlobId> found = new LinkedHashSet<>();
    if (json.path("links").isArray()) {
      for (JsonNode element : json.path("links")) {
        JsonNode link = element.path("link");
        if (link.isString()) {
          Multihash.parse(link.stringValue()).flatMap(Multihash::blob).ifPresent(found::add);
        }
      }
    }
    return List.copyOf(found);
  }

  private void stored(Transaction tx, Works.Fetching fetching, long bytes, String mediaType, List<BlobId> links)
      throws SQLException {
    Optional<StoredMessage> locked = messages.lock(tx, fetching.message());
    if (locked.isEmpty()) {
      return;
    }
    StoredMessage message = locked.get();
    boolean fresh = documents.find(tx, fetching.document()).isEmpty();
    documents.insert(tx, fetching.document(), mediaType, bytes, fetching.message().sender().code());
    if (fresh) {
      Documents.stored(tx, documents.find(tx, fetching.document()).orElseThrow());
    }
    documents.fetched(tx, message.id(), fetching.document(), DocumentTable.FetchState.STORED, bytes);
    Optional<String> beyond = grow(tx, message, fetching, links);
    if (beyond.isPresent()) {
      messages.step(tx, message.id(), message.state(), "", beyond.get());
    }
    settle(tx, message);
  }

  /** Puts linked documents down to be fetched; why not all of them, if so. */
  private Optional<String> grow(Transaction tx, StoredMessage message, Works.Fetching fetching, List<BlobId> links)
      throws SQLException {
    if (links.isEmpty()) {
      return Optional.empty();
    }
    List<DocumentTable.Fetch> tree = documents.fetches(tx, message.id());
    Set<BlobId> known = new HashSet<>();
    tree.forEach(item -> known.add(item.blob()));
    int depth = 1 + tree.stream().filter(item -> item.blob().equals(fetching.document())).findFirst()
        .map(DocumentTable.Fetch::depth).orElse(0);
    long bytes = tree.stream().mapToLong(DocumentTable.Fetch::bytes).sum();
    for (BlobId link : links) {
      if (!known.add(link)) {
        continue;
      }
      documents.insertFetch(tx, message.id(), link, Optional.of(fetching.document()), depth);
      Optional<String> beyond = depth > limits.depth()
          ? Optional.of("links deeper than " + limits.depth() + " are not followed")
          : known.size() > limits.objects()
              ? Optional.of("more than " + limits.objects() + " documents are not fetched")
              : bytes >= limits.treeBytes()
                  ? Optional.of("more than " + limits.treeBytes() + " bytes are not fetched")
                  : Optional.empty();
      if (beyond.isPresent()) {
        documents.fetched(tx, message.id(), link, DocumentTable.FetchState.FAILED, 0);
        return beyond;
      }
      tx.enqueue(NewWork.of(Works.FETCH, new Works.Fetching(fetching.message(), link))
          .unique(fetching.message() + " " + link.hex()));
    }
    return Optional.empty();
  }

  private void settle(Transaction tx, StoredMessage message) throws SQLException {
    List<DocumentTable.Fetch> tree = documents.fetches(tx, message.id());
    StoredMessage.Documents next;
    if (tree.stream().anyMatch(item -> item.state() == DocumentTable.FetchState.FAILED)) {
      next = StoredMessage.Documents.INCOMPLETE;
    } else if (tree.stream().anyMatch(item -> item.state() == DocumentTable.FetchState.WAITING)) {
      next = StoredMessage.Documents.FETCHING;
    } else {
      next = StoredMessage.Documents.COMPLETE;
    }
    if (next == message.documents()) {
      return;
    }
    messages.documents(tx, message.id(), next);
    if (next == StoredMessage.Documents.COMPLETE) {
      messages.step(tx, message.id(), message.state(), "", "all documents are here: " + tree.size());
      Messages.told(tx, messages.find(tx, message.ref()).orElseThrow(), "exchange.message.documents");
    }
  }

  @Override
  public void onDead(Transaction tx, Delivery<Works.Fetching> delivery, String why) throws SQLException {
    Optional<StoredMessage> locked = messages.lock(tx, delivery.payload().message());
    if (locked.isPresent()) {
      documents.fetched(tx, locked.get().id(), delivery.payload().document(), DocumentTable.FetchState.FAILED, 0);
      messages.documents(tx, locked.get().id(), StoredMessage.Documents.INCOMPLETE);
      messages.step(tx, locked.get().id(), locked.get().state(), "",
          "document " + Multihash.of(delivery.payload().document()) + " set aside: " + why);
    }
  }
}
