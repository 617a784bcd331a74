package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.exchange.message.MessageJson;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.web.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;

/** All messages, the newest first, and each one's journey step by step. */
public final class MessagesPage implements ConsolePage {
  private static final int ROWS = 50;
  private static final int EVENTS = 200;

  private final Messages messages;
  private final Journal journal;
  private final InstantSource clock;

  public MessagesPage(Messages messages, Journal journal, InstantSource clock) {
    this.messages = messages;
    this.journal = journal;
    this.clock = clock;
  }

  /** One line of the list. */
  public record Row(String ref, String from, String to, boolean inbound, String subject, String predicate, String state,
      Tone tone, String documents, Instant at) {}

  /** The list. */
  public record Listing(List<Row> rows, Optional<String> next, String state, String subject, List<String> states,
      Instant now) {
    /** Whether only some messages were asked for. */
    public boolean filtered() {
      return !state.isEmpty() || !subject.isEmpty();
    }
  }

  /** One thing that happened to a message. */
  public record Moment(Instant at, String title, String detail, Tone tone) {}

  /** How far a message has come. */
  public record Stage(String title, String mark) {}

  /** One message. */
  public record Journey(Row row, String obj, String channel, String channelId, int priority, int version,
      List<Stage> stages, List<Moment> moments, List<String> decisions, String json, Instant now) {}

  @Override
  public String title() {
    return "Messages";
  }

  @Override
  public String path() {
    return "/messages";
  }

  @Override
  public List<String> follows() {
    return List.of("exchange.message", "exchange.document.stored");
  }

  @Override
  public View show(Visit visit) {
    return visit.item().isPresent() ? journey(visit, visit.item().get()) : list(visit);
  }

  private View list(Visit visit) {
    Optional<MessageState> state = visit.asked("state").flatMap(MessagesPage::state);
    Optional<String> subject = visit.asked("subject");
    MessageTable.Filter filter = new MessageTable.Filter(Optional.empty(), Optional.empty(), subject, Optional.empty(),
        Optional.empty(), state, Optional.empty());
    Messages.Page page = messages.list(filter, visit.asked("cursor"), ROWS);
    String keep = state.map(s -> "&state=" + s.name()).orElse("")
        + subject.map(s -> "&subject=" + encode(s)).orElse("");
    Listing listing = new Listing(page.messages().stream().map(this::row).toList(),
        page.next().map(cursor -> "/messages?cursor=" + encode(cursor) + keep), state.map(Enum::name).orElse(""),
        subject.orElse(""), java.util.Arrays.stream(MessageState.values()).map(Enum::name).toList(), clock.instant());
    String query = Stream.of(state.map(s -> "status=" + s.status().wire()), subject.map(s -> "subject=" + encode(s)))
        .flatMap(Optional::stream).collect(Collectors.joining("&", "?", "")).replaceFirst("^\\?$", "");
    return new View("Messages", Templates.of("messages", Map.of("listing", listing)),
        visit.curl("/message-api/messages" + query));
  }

  private View journey(Visit visit, String item) {
    MessageRef ref;
    try {
      ref = MessageRef.parse(item);
    } catch (IllegalArgumentException | FairwayException e) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "\"" + item + "\" is not the reference of a message", e);
    }
    Messages.Journey journey = messages.journey(ref)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "there is no message " + ref));
    StoredMessage message = journey.message();
    Journey model = new Journey(row(message), message.message().obj(),
        message.carriage().map(StoredMessage.Carriage::channel).orElse(""),
        message.carriage().map(StoredMessage.Carriage::id).orElse(""), message.priority(), message.version(),
        stages(message), moments(journey), journey.decisions(), pretty(MessageJson.whole(message)), clock.instant());
    return new View("Message " + Wording.brief(ref.toString()), Templates.of("message", Map.of("journey", model)),
        visit.curl("/message-api/message/" + ref));
  }

  private List<Moment> moments(Messages.Journey journey) {
    List<Moment> moments = new ArrayList<>();
    for (MessageTable.Step step : journey.steps()) {
      String by = step.actor().isEmpty() ? "" : " · by " + step.actor();
      moments.add(new Moment(step.at(), Wording.word(step.state()), step.detail() + by, Tone.of(step.state())));
    }
    for (Event event : journal.about(journey.message().ref().toString(), EVENTS)) {
      switch (event.type()) {
        case "exchange.message.accepted" ->
          moments.add(new Moment(event.time(), "accepted", "durable on this node; on its way from here", Tone.GOOD));
        case "exchange.message.documents" ->
          moments.add(new Moment(event.time(), "documents", documents(journey.message().documents()), Tone.GOOD));
        default -> {
          // The steps say it better.
        }
      }
    }
    for (Event event : journal.about(journey.message().message().obj(), EVENTS)) {
      switch (event.type()) {
        case "exchange.document.stored" -> moments.add(new Moment(event.time(), "document stored",
            Json.parse(event.body()).path("bytes").asLong() + " bytes from "
                + Json.parse(event.body()).path("source").asString(),
            Tone.PLAIN));
        case "exchange.document.read" -> moments.add(read(event));
        default -> {
          // Of no interest to this message.
        }
      }
    }
    moments.sort(Comparator.comparing(Moment::at));
    return moments;
  }

  private static Moment read(Event event) {
    JsonNode read = Json.parse(event.body());
    String who = read.path("jurisdiction").asString();
    return read.path("allowed").asBoolean(true)
        ? new Moment(event.time(), "document read", "by " + who, Tone.PLAIN)
        : new Moment(event.time(), "document not given", who + " asked; it is not here, or not for them", Tone.WARN);
  }

  private static String documents(StoredMessage.Documents documents) {
    return switch (documents) {
      case NONE -> "none to fetch";
      case FETCHING -> "still being fetched";
      case COMPLETE -> "all fetched and verified";
      case INCOMPLETE -> "some will not come; see the dead letters";
    };
  }

  private static List<Stage> stages(StoredMessage message) {
    MessageState state = message.state();
    if (state.inbound()) {
      boolean fetched = message.documents() == StoredMessage.Documents.COMPLETE
          || message.documents() == StoredMessage.Documents.NONE;
      boolean lacking = message.documents() == StoredMessage.Documents.INCOMPLETE;
      return List.of(new Stage("Received", "done"),
          new Stage("Documents", fetched ? "done" : lacking ? "bad" : "now"),
          new Stage(state == MessageState.DECLINED ? "Declined" : "Approved",
              state == MessageState.RECEIVED ? (fetched ? "now" : "open") : "done"));
    }
    String sent = state.unsent() ? "now" : state.status().wire().equals("rejected") ? "bad" : "done";
    String confirmed = switch (state) {
      case CONFIRMED -> "done";
      case SENT -> "now";
      case REVOKED -> "bad";
      default -> "open";
    };
    return List.of(new Stage("Accepted", "done"), new Stage("On a channel", sent), new Stage("Confirmed", confirmed));
  }

  private Row row(StoredMessage stored) {
    return new Row(stored.ref().toString(), stored.message().sender().code(), stored.message().receiver().code(),
        stored.state().inbound(), stored.message().subject(), stored.message().predicate(),
        Wording.word(stored.state()), Tone.of(stored.state()),
        stored.documents() == StoredMessage.Documents.NONE ? "" : Wording.word(stored.documents()), stored.createdAt());
  }

  private static Optional<MessageState> state(String name) {
    return java.util.Arrays.stream(MessageState.values()).filter(state -> state.name().equals(name)).findFirst();
  }

  static String pretty(String json) {
    return Json.mapper().writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(Json.parse(json));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
