package dev.fairway.exchange.delivery;

import dev.fairway.core.Codec;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkKind;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of work of the exchange. Payloads are JSON, since operators read and mend them. */
public final class Works {
  /** Choose a channel for a message. */
  public static final WorkKind<MessageRef> ROUTE = WorkKind.of("exchange.route", new RefCodec()).withConcurrency(64);

  /** Hand a message to a channel. The rule's own limits end it long before these do. */
  public static final WorkKind<Posting> POST = WorkKind.of("exchange.post", new PostingCodec())
      .withRetry(new RetryPolicy(1_000, Duration.ofDays(60), Duration.ofSeconds(1), Duration.ofMinutes(5)))
      .withLease(Duration.ofSeconds(60)).withConcurrency(64);

  /** Follow a message on its channel until it is certain. */
  public static final WorkKind<MessageRef> TRACK = WorkKind.of("exchange.track", new RefCodec())
      .withRetry(new RetryPolicy(10_000, Duration.ofDays(30), Duration.ofSeconds(5), Duration.ofMinutes(10)))
      .withConcurrency(16);

  /** Get a message a channel has told of. */
  public static final WorkKind<Notice> RETRIEVE = WorkKind.of("exchange.retrieve", new NoticeCodec())
      .withRetry(new RetryPolicy(100, Duration.ofDays(7), Duration.ofSeconds(2), Duration.ofMinutes(10)))
      .withConcurrency(32);

  /** Get a document of a message that arrived. The sender may upload it days later. */
  public static final WorkKind<Fetching> FETCH = WorkKind.of("exchange.fetch", new FetchingCodec())
      .withRetry(new RetryPolicy(20_000, Duration.ofDays(7), Duration.ofSeconds(1), Duration.ofMinutes(1)))
      .withLease(Duration.ofMinutes(2)).withConcurrency(32);

  private Works() {}

  /**
   * A message to be handed to a channel.
   *
   * @param sending which sending of the message this is; others are over
   * @param channel the one to try
   * @param next those to try after it, in order
   */
  public record Posting(MessageRef message, int sending, String channel, List<String> next, Rule.Retry retry) {
    public Posting {
      next = List.copyOf(next);
    }

    /** The same on every attempt for this sending, on whichever channel. */
    String key() {
      return sending == 1 ? message.toString() : message + "#" + sending;
    }
  }

  /** A channel told that it has something about a message of this id. */
  public record Notice(String channel, String id) {}

  /** A document of a message. */
  public record Fetching(MessageRef message, BlobId document) {}

  private abstract static class JsonPayload<T> implements Codec<T> {
    abstract ObjectNode write(T value);

    abstract T read(JsonNode json);

    @Override
    public byte[] encode(T value) {
      return write(value).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public T decode(byte[] bytes) {
      try {
        return read(Json.parse(bytes));
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new FairwayException(ErrorCode.INVALID, "not a payload of this kind: " + e.getMessage(), e);
      }
    }

    static String text(JsonNode json, String key) {
      JsonNode value = json.get(key);
      if (value == null || !value.isString()) {
        throw new IllegalArgumentException(key + " must be a text");
      }
      return value.stringValue();
    }

    static long number(JsonNode json, String key) {
      JsonNode value = json.get(key);
      if (value == null || !value.isIntegralNumber()) {
        throw new IllegalArgumentException(key + " must be a whole number");
      }
      return value.longValue();
    }
  }

  private static final class RefCodec extends JsonPayload<MessageRef> {
    @Override
    public byte[] encode(MessageRef ref) {
      // Nothing in a reference needs escaping, and this is on the way of every message.
      return ("{\"message\":\"" + ref + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    ObjectNode write(MessageRef ref) {
      return Json.object().put("message", ref.toString());
    }

    @Override
    MessageRef read(JsonNode json) {
      return MessageRef.parse(text(json, "message"));
    }
  }

  private static final class PostingCodec extends JsonPayload<Posting> {
    @Override
    ObjectNode write(Posting posting) {
      ArrayNode next = Json.array();
      posting.next.forEach(next::add);
      return Json.object().put("message", posting.message.toString()).put("sending", posting.sending)
          .put("channel", posting.channel).put("max_attempts", posting.retry.maxAttempts())
          .put("max_age_seconds", posting.retry.maxAge().toSeconds()).set("next", next);
    }

    @Override
    Posting read(JsonNode json) {
      List<String> next = json.path("next").valueStream().map(JsonNode::stringValue).toList();
      return new Posting(MessageRef.parse(text(json, "message")), (int) number(json, "sending"), text(json, "channel"),
          next,
          new Rule.Retry((int) number(json, "max_attempts"), Duration.ofSeconds(number(json, "max_age_seconds"))));
    }
  }

  private static final class NoticeCodec extends JsonPayload<Notice> {
    @Override
    ObjectNode write(Notice notice) {
      return Json.object().put("channel", notice.channel).put("id", notice.id);
    }

    @Override
    Notice read(JsonNode json) {
      return new Notice(text(json, "channel"), text(json, "id"));
    }
  }

  private static final class FetchingCodec extends JsonPayload<Fetching> {
    @Override
    ObjectNode write(Fetching fetching) {
      return Json.object().put("message", fetching.message.toString()).put("document", fetching.document.hex());
    }

    @Override
    Fetching read(JsonNode json) {
      return new Fetching(MessageRef.parse(text(json, "message")), new BlobId(text(json, "document")));
    }
  }
}
