package dev.fairway.exchange.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A channel behind any Channel API endpoint. What the endpoint can do beyond the old API (keys, references, listing) it
 * says in its index; one that says nothing is taken to know nothing. Safe for many threads.
 *
 * <p>An answer of 2xx without a usable id is not taken for a failure: the endpoint may have the message, so it is
 * {@link PostResult.Unknown}.
 */
public final class HttpChannel implements Channel {
  private static final int MAX_BYTES = 64 * 1024;
  /** What an endpoint can be that keeps to the old API and no more. */
  private static final ChannelCapabilities OLD = new ChannelCapabilities(false, false, false,
      ChannelCapabilities.Finality.PROBABILISTIC, MAX_BYTES);

  private final OutboundClient client;
  private final HttpChannelConfig config;
  private final InstantSource clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable ChannelCapabilities known;
  private volatile Instant askAgain = Instant.EPOCH;

  public HttpChannel(OutboundClient client, HttpChannelConfig config, InstantSource clock) {
    this.client = client;
    this.config = config;
    this.clock = clock;
  }

  @Override
  public ChannelCapabilities capabilities() {
    ChannelCapabilities found = known;
    if (found != null) {
      return found;
    }
    if (clock.instant().isBefore(askAgain)) {
      return OLD;
    }
    try {
      found = send(OutboundRequest.get(config.base())) instanceof OutboundResult.Answered answer
          ? read(answer).orElse(null)
          : null;
    } catch (FairwayException noToken) {
      found = null;
    }
    if (found == null) {
      askAgain = clock.instant().plusSeconds(10);
      return OLD;
    }
    known = found;
    return found;
  }

  /** Empty when the endpoint did not answer as one that is up. */
  private static Optional<ChannelCapabilities> read(OutboundResult.Answered answer) {
    if (answer.status() >= 500 || answer.status() == 401 || answer.status() == 403 || answer.status() == 429) {
      return Optional.empty();
    }
    try {
      JsonNode can = answer.body().json().path("capabilities");
      boolean immediate = can.path("finality").asString("").equals("immediate");
      return Optional.of(new ChannelCapabilities(can.path("idempotent").asBoolean(false),
          can.path("sender_ref").asBoolean(false), can.path("observable").asBoolean(false),
          immediate ? ChannelCapabilities.Finality.IMMEDIATE : ChannelCapabilities.Finality.PROBABILISTIC,
          Math.min(MAX_BYTES, can.path("max_bytes").asInt(MAX_BYTES))));
    } catch (FairwayException notJson) {
      return Optional.of(OLD);
    }
  }

  @Override
  public PostResult post(Envelope envelope) {
    ChannelCapabilities can = capabilities();
    OutboundRequest request = OutboundRequest.post(url("messages")).header("Accept", "application/json")
        .header("Idempotency-Key", envelope.idempotencyKey())
        .json(ChannelJson.posting(envelope, can.carriesSenderRef()));
    OutboundResult result;
    try {
      result = send(request);
    } catch (FairwayException e) {
      return new PostResult.Unavailable(Optional.empty(), "no token: " + e.getMessage());
    }
    return switch (result) {
      case OutboundResult.Refused(var why) -> new PostResult.Unavailable(Optional.empty(), why);
      case OutboundResult.Failed(_, var sent) when !sent ->
        new PostResult.Unavailable(Optional.empty(), result.describe());
      case OutboundResult.TimedOut late when !late.sent() ->
        new PostResult.Unavailable(Optional.empty(), result.describe());
      case OutboundResult.Failed _,OutboundResult.TimedOut _ -> new PostResult.Unknown(result.describe());
      case OutboundResult.Answered answer -> judge(answer);
    };
  }

  private PostResult judge(OutboundResult.Answered answer) {
    int status = answer.status();
    if (answer.ok()) {
      return accepted(answer);
    }
    if (status == 408 || status == 425 || status == 429 || status == 401 || status == 503) {
      return new PostResult.Unavailable(answer.retryAfter(clock.instant()), answer.describe());
    }
    if (status >= 500) {
      // It may have failed after it had taken the message in.
      return new PostResult.Unknown(answer.describe());
    }
    return new PostResult.Refused(answer.describe() + " " + excerpt(answer));
  }

  private static PostResult accepted(OutboundResult.Answered answer) {
    try {
      JsonNode body = answer.body().json();
      Optional<String> id = ChannelJson.id(body.get("id"));
      if (id.isPresent()) {
        return new PostResult.Accepted(id.get(),
            ChannelJson.status(body.get("status")).orElse(ChannelStatus.RECEIVED));
      }
    } catch (FairwayException notJson) {
      return new PostResult.Unknown(answer.describe() + " without JSON");
    }
    return new PostResult.Unknown(answer.describe() + " without an id");
  }

  @Override
  public Optional<ChannelMessage> find(String id) {
    OutboundResult.Answered answer = ask(url("messages/" + encode(id)));
    if (answer.status() == 404 || answer.status() == 400) {
      return Optional.empty();
    }
    return Optional.of(message(answer, id));
  }

  @Override
  public Optional<ChannelMessage> findByKey(String idempotencyKey) {
    if (!capabilities().idempotent()) {
      return Optional.empty();
    }
    return listed(ask(url("messages?key=" + encode(idempotencyKey)))).messages().stream().findFirst();
  }

  @Override
  public Observation observe(Jurisdiction receiver, String cursor, int limit) {
    return page("receiver", receiver, cursor, limit);
  }

  @Override
  public Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return page("sender", sender, cursor, limit);
  }

  private Observation page(String party, Jurisdiction jurisdiction, String cursor, int limit) {
    Observation page = listed(ask(url("messages?" + party + "=" + jurisdiction + "&limit=" + limit
        + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor)))));
    return page.next().isEmpty() ? new Observation(page.messages(), cursor, false) : page;
  }

  private Observation listed(OutboundResult.Answered answer) {
    if (!answer.ok()) {
      throw new FairwayException(ErrorCode.PEER_FAILED, config.base() + " lists no messages: " + answer.describe());
    }
    try {
      JsonNode body = answer.body().json();
      List<ChannelMessage> messages = new ArrayList<>();
      for (JsonNode item : body.path("messages")) {
        messages.add(ChannelJson.message(item));
      }
      return new Observation(messages, body.path("next").asString(""), body.path("more").asBoolean(false));
    } catch (FairwayException | IllegalArgumentException e) {
      throw lied(e);
    }
  }

  private ChannelMessage message(OutboundResult.Answered answer, String id) {
    if (!answer.ok()) {
      throw new FairwayException(ErrorCode.PEER_FAILED, config.base() + " does not give " + id + ": "
          + answer.describe());
    }
    try {
      ChannelMessage message = ChannelJson.message(answer.body().json());
      if (!message.id().equals(id)) {
        throw new IllegalArgumentException("it answered with message " + message.id() + " when asked for " + id);
      }
      return message;
    } catch (FairwayException | IllegalArgumentException e) {
      throw lied(e);
    }
  }

  private FairwayException lied(RuntimeException e) {
    return new FairwayException(ErrorCode.PEER_LIED, config.base() + " breaks the Channel API: " + e.getMessage(), e);
  }

  private OutboundResult.Answered ask(URI url) {
    OutboundResult result = send(OutboundRequest.get(url).header("Accept", "application/json"));
    if (result instanceof OutboundResult.Answered answer) {
      return answer;
    }
    throw new FairwayException(ErrorCode.PEER_FAILED, config.base() + ": " + result.describe());
  }

  private OutboundResult send(OutboundRequest request) {
    try {
      if (config.tokens().isEmpty()) {
        return client.send(request);
      }
      Secret token = config.tokens().get().token();
      OutboundResult result = client.send(request.bearer(token.reveal()));
      if (result instanceof OutboundResult.Answered answer && answer.status() == 401) {
        config.tokens().get().discard(token);
      }
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new OutboundResult.Failed("interrupted", true);
    }
  }

  /** The endpoint has told that there is something new. */
  public void told() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public AutoCloseable onChange(Jurisdiction receiver, Runnable hint) {
    listeners.add(hint);
    return () -> listeners.remove(hint);
  }

  @Override
  public void close() {
    listeners.clear();
  }

  private URI url(String relative) {
    return config.base().resolve(relative);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String excerpt(OutboundResult.Answered answer) {
    String text = answer.body().text().replaceAll("\\p{Cntrl}", " ");
    return text.length() > 300 ? text.substring(0, 300) : text;
  }

  static Instant instant(@Nullable String text, Instant otherwise) {
    try {
      return text == null ? otherwise : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }
}
