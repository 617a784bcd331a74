package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.core.ledger.model.Conformity;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.core.socket.PulledSocket.Signal;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.v2.Participant.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A participant of Canton 3 over its JSON Ledger API v2. Nothing is asked before it is needed, so it can be made while the
 * participant is down.
 *
 * <p>Contracts that move between synchronizers are told where they are; their moves are not.
 *
 * @see <a href="https://docs.digitalasset.com/build/3.4/reference/json-api/json-api.html">JSON Ledger API</a>
 */
public final class DamlLedgerV2 implements Ledger {
  /** A participant tells completions up to now at once. */
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final int PAGE = 1_000;

  private final V2Config config;
  private final Participant participant;
  private final PackageCache packages = new PackageCache(this::packageIds, this::payload);
  private final Conformity types = new Conformity(name -> name.pkg().flatMap(packages::find)
      .flatMap(pkg -> Optional.ofNullable(pkg.types().get(name.name()))));
  private volatile @Nullable String participantId;

  public DamlLedgerV2(V2Config config) {
    this.config = config;
    this.participant = new Participant(config);
  }

  @FunctionalInterface
  private interface Asking<T> {
    T run() throws Refused;
  }

  private static <T> T ask(String what, Asking<T> asking) {
    try {
      return asking.run();
    } catch (Refused e) {
      throw e.error().toException(what, e);
    }
  }

  @Override
  public String id() {
    String known = participantId;
    if (known == null) {
      known = ask("its identity", () -> participant.get("/v2/parties/participant-id")).path("participantId")
          .asString("");
      if (known.isEmpty()) {
        throw V2Events.lied("no participant id");
      }
      participantId = known;
    }
    return known;
  }

  /** What the participant says it is, e.g. {@code 3.4.8}. */
  public String version() {
    return ask("its version", () -> participant.get("/v2/version")).path("version").asString("");
  }

  /** The users of the participant, for who administers it. */
  public V2Users users() {
    return new V2Users(participant);
  }

  @Override
  public boolean looksBack() {
    return true;
  }

  // Reading

  @Override
  public LedgerStream open(Query query, From from) {
    Object format = eventFormat(query);
    V2Events events = new V2Events(packages, query);
    V2Stream.Calls calls = new StreamCalls(format);
    return ask("a stream", () -> switch (from) {
      case From.Snapshot() -> new V2Stream(calls, events, end(), true);
      case From.SnapshotAt(Offset offset) -> new V2Stream(calls, events, checked(offset), true);
      case From.After(Offset offset) -> new V2Stream(calls, events, checked(offset), false);
    });
  }

  private Offset checked(Offset offset) {
    Offset end = end();
    if (number(offset) > number(end)) {
      throw new FairwayException(ErrorCode.INVALID, "no offset " + offset + "; the end is " + end);
    }
    return offset;
  }

  private static long number(Offset offset) {
    try {
      return offset.equals(Offset.BEGIN) ? 0 : Long.parseLong(offset.value());
    } catch (NumberFormatException e) {
      throw new FairwayException(ErrorCode.INVALID, "offsets of a participant are whole numbers, not " + offset, e);
    }
  }

  private final class StreamCalls implements V2Stream.Calls {
    private final Object format;

    StreamCalls(Object format) {
      this.format = format;
    }

    @Override
    public PulledSocket activeContracts(Offset at, Optional<String> continuation) throws Refused {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("activeAtOffset", number(at));
      request.put("eventFormat", format);
      continuation.ifPresent(token -> request.put("streamContinuationToken", token));
      return participant.stream("/v2/state/active-contracts", request);
    }

    @Override
    public PulledSocket updates(Offset after) throws Refused {
      return participant.stream("/v2/updates", Map.of("beginExclusive", number(after), "updateFormat",
          Map.of("includeTransactions",
              Map.of("eventFormat", format, "transactionShape", "TRANSACTION_SHAPE_ACS_DELTA"))));
    }

    @Override
    public Optional<Secret> token() {
      return config.tokens().current();
    }

    @Override
    public boolean refused(Secret token) {
      return config.tokens().refused(token);
    }
  }

  /**
   * Templates are narrowed by the participant where it knows all of them; one it does not know yet would be an error there,
   * so then everything is read and narrowed here.
   */
  private Object eventFormat(Query query) {
    List<Object> filters = new ArrayList<>();
    for (TemplatePattern pattern : query.templates()) {
      if (pattern instanceof TemplatePattern.One(TemplateId template) && isKnown(template)) {
        filters.add(Map.of("identifierFilter",
            Map.of("TemplateFilter", Map.of("value",
                Map.of("templateId", template.toString(), "includeCreatedEventBlob", false)))));
      } else {
        filters = List.of(Map.of("identifierFilter",
            Map.of("WildcardFilter", Map.of("value", Map.of("includeCreatedEventBlob", false)))));
        break;
      }
    }
    Map<String, Object> byParty = new LinkedHashMap<>();
    for (Party reader : query.readers()) {
      byParty.put(reader.name(), Map.of("cumulative", filters));
    }
    return Map.of("filtersByParty", byParty, "verbose", false);
  }

  private boolean isKnown(TemplateId template) {
    return template.pkg().filter(pkg -> !pkg.startsWith("#")).flatMap(packages::findIfThere)
        .filter(pkg -> pkg.templates().containsKey(template.name())).isPresent();
  }

  @Override
  public Offset end() {
    return V2Events.offset(ask("its end", () -> participant.get("/v2/state/ledger-end")).path("offset"));
  }

  /** Up to where the participant has forgotten what happened. */
  public Offset pruned() {
    return V2Events.offset(ask("what it pruned", () -> participant.get("/v2/state/latest-pruned-offsets"))
        .path("participantPrunedUpToInclusive"));
  }

  // Writing

  @Override
  public SubmitResult submit(Submission submission) {
    Map<String, Object> request;
    try {
      request = request(submission);
    } catch (FairwayException e) {
      return e.code() == ErrorCode.INVALID
          ? new SubmitResult.Rejected(Reason.INVALID, "NOT_SENT", String.valueOf(e.getMessage()))
          : new SubmitResult.Unavailable(Optional.empty(), String.valueOf(e.getMessage()));
    }
    try {
      return send(request);
    } catch (Refused e) {
      return e.error().toResult();
    } catch (FairwayException e) {
      // No token could be had, so nothing was sent; or the answer could not be understood.
      return e.code() == ErrorCode.PEER_LIED
          ? new SubmitResult.Unknown(String.valueOf(e.getMessage()))
          : new SubmitResult.Unavailable(Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  private SubmitResult send(Map<String, Object> request) throws Refused {
    try {
      return accepted(participant.post("/v2/commands/submit-and-wait", request));
    } catch (Refused e) {
      if (!e.error().code().equals("INVALID_DEDUPLICATION_PERIOD") || !request.containsKey("deduplicationPeriod")) {
        throw e;
      }
      // Longer than the participant can: without one, it takes the longest it can.
      request.remove("deduplicationPeriod");
      return accepted(participant.post("/v2/commands/submit-and-wait", request));
    }
  }

  private static SubmitResult accepted(JsonNode answer) {
    return new SubmitResult.Accepted(Optional
        .of(new Receipt(answer.path("updateId").asString(""), V2Events.offset(answer.path("completionOffset")))));
  }

  private Map<String, Object> request(Submission submission) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("commands", submission.commands().stream().map(this::toJson).toList());
    request.put("commandId", submission.commandId());
    request.put("submissionId", UUID.randomUUID().toString());
    request.put("userId", config.userId());
    request.put("actAs", submission.actAs().stream().map(Party::name).toList());
    request.put("readAs", submission.readAs().stream().map(Party::name).toList());
    submission.workflowId().ifPresent(id -> request.put("workflowId", id));
    request.put("deduplicationPeriod",
        Map.of("DeduplicationDuration", Map.of("value", Map.of("seconds", submission.deduplication().toSeconds(),
            "nanos", submission.deduplication().toNanosPart()))));
    return request;
  }

  private Object toJson(Command command) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("templateId", template(command.template()));
    check(command);
    return switch (command) {
      case Command.Create create -> {
        json.put("createArguments", LedgerJson.tree(create.payload()));
        yield Map.of("CreateCommand", json);
      }
      case Command.Exercise exercise -> {
        json.put("contractId", exercise.contract().value());
        json.put("choice", exercise.choice());
        json.put("choiceArgument", LedgerJson.tree(exercise.argument()));
        yield Map.of("ExerciseCommand", json);
      }
      case Command.ExerciseByKey exercise -> {
        json.put("contractKey", LedgerJson.tree(exercise.key()));
        json.put("choice", exercise.choice());
        json.put("choiceArgument", LedgerJson.tree(exercise.argument()));
        yield Map.of("ExerciseByKeyCommand", json);
      }
      case Command.CreateAndExercise both -> {
        json.put("createArguments", LedgerJson.tree(both.payload()));
        json.put("choice", both.choice());
        json.put("choiceArgument", LedgerJson.tree(both.argument()));
        yield Map.of("CreateAndExerciseCommand", json);
      }
    };
  }

  /**
   * JSON does not say of which type a value is, so a wrong one might be taken for another; it is found here. What this
   * side does not know is left to the participant.
   */
  private void check(Command command) {
    Optional<TemplateId> template = packages.resolve(command.template());
    Optional<LedgerPackage.Template> declared = template.flatMap(TemplateId::pkg).flatMap(packages::findIfThere)
        .flatMap(pkg -> Optional.ofNullable(pkg.templates().get(command.template().name())));
    if (template.isEmpty() || declared.isEmpty()) {
      return;
    }
    LedgerType payload = new LedgerType.Named(template.get());
    switch (command) {
      case Command.Create create -> types.check(create.payload(), payload, "payload");
      case Command.Exercise exercise -> check(declared.get(), exercise.choice(), exercise.argument());
      case Command.ExerciseByKey exercise -> {
        declared.get().key().ifPresent(key -> types.check(exercise.key(), key, "key"));
        check(declared.get(), exercise.choice(), exercise.argument());
      }
      case Command.CreateAndExercise both -> {
        types.check(both.payload(), payload, "payload");
        check(declared.get(), both.choice(), both.argument());
      }
    }
  }

  private void check(LedgerPackage.Template template, String choice, LedgerValue argument) {
    LedgerPackage.Choice declared = template.choices().get(choice);
    // A choice of an interface is not among the template's own.
    if (declared != null) {
      types.check(argument, declared.argument(), choice);
    }
  }

  /** A package's name is for the participant to look up; it knows which version is in force. */
  private String template(TemplateId template) {
    return template.pkg().isPresent()
        ? template.toString()
        : packages.resolve(template).orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
            template + " is in no package of the ledger, or in several: name the package")).toString();
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    long end = number(end());
    if (number(since) >= end) {
      return new CommandOutcome.NotSeen();
    }
    PulledSocket socket = ask("completions", () -> participant.stream("/v2/commands/completions",
        Map.of("userId", config.userId(), "parties", actAs.stream().map(Party::name).sorted().toList(),
            "beginExclusive", number(since))));
    try (socket) {
      return readCompletions(socket, commandId, actAs, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while looking for command " + commandId, e);
    }
  }

  private static CommandOutcome readCompletions(PulledSocket socket, String commandId, Set<Party> actAs, long end)
      throws InterruptedException {
    CommandOutcome outcome = new CommandOutcome.NotSeen();
    while (true) {
      switch (socket.poll(QUIET).orElse(new Signal.Done(1000, "quiet"))) {
        case Signal.Done _ -> {
          return outcome;
        }
        case Signal.Failed(Throwable cause) ->
          throw new FairwayException(ErrorCode.PEER_FAILED, "completions were lost: " + cause, cause);
        case Signal.Message(String text) -> {
          JsonNode message = Participant.parse(text);
          if (Participant.isError(message)) {
            throw Participant.error(message).toException("completions", null);
          }
          JsonNode response = message.path("completionResponse");
          JsonNode completion = response.path("Completion").path("value");
          if (completion.path("commandId").asString("").equals(commandId) && sameParties(completion, actAs)) {
            JsonNode status = completion.path("status");
            if (status.path("code").asInt(0) == 0) {
              return new CommandOutcome.Accepted(Optional.of(new Receipt(completion.path("updateId").asString(""),
                  V2Events.offset(completion.path("offset")))));
            }
            if (Participant.completionError(status).toResult() instanceof SubmitResult.Rejected why) {
              outcome = new CommandOutcome.Rejected(why);
            }
          }
          JsonNode at = completion.isMissingNode() ? response.path("OffsetCheckpoint").path("value") : completion;
          if (at.path("offset").asLong(0) >= end) {
            return outcome;
          }
        }
      }
    }
  }

  /** Parties are asked for together and told one by one, so another's command may have the same id. */
  private static boolean sameParties(JsonNode completion, Set<Party> actAs) {
    Set<String> told = new HashSet<>();
    completion.path("actAs").forEach(party -> told.add(party.asString()));
    return told.isEmpty() || told.equals(new HashSet<>(actAs.stream().map(Party::name).toList()));
  }

  // Parties and packages

  @Override
  public List<Party> parties() {
    List<Party> parties = new ArrayList<>();
    String page = "";
    do {
      String path = "/v2/parties?pageSize=" + PAGE + (page.isEmpty() ? "" : "&pageToken=" + encoded(page));
      JsonNode answer = ask("its parties", () -> participant.get(path));
      answer.path("partyDetails").forEach(details -> parties.add(new Party(details.path("party").asString(""))));
      page = answer.path("nextPageToken").asString("");
    } while (!page.isEmpty());
    return parties;
  }

  /** The party's name begins with the hint; the participant adds its own fingerprint. */
  @Override
  public Party allocate(String hint) {
    try {
      return new Party(participant.post("/v2/parties", Map.of("partyIdHint", hint, "identityProviderId", ""))
          .path("partyDetails").path("party").asString(""));
    } catch (Refused e) {
      FairwayException refused = e.error().toException("the party " + hint, e);
      if (refused.code() == ErrorCode.INVALID
          && parties().stream().anyMatch(party -> party.name().startsWith(hint + "::"))) {
        throw new FairwayException(ErrorCode.CONFLICT, "the participant already has a party " + hint, e);
      }
      throw refused;
    }
  }

  @Override
  public List<LedgerPackage> packages() {
    return packages.all();
  }

  private List<String> packageIds() {
    List<String> ids = new ArrayList<>();
    ask("its packages", () -> participant.get("/v2/packages")).path("packageIds").forEach(id -> ids.add(id.asString()));
    return ids;
  }

  private byte[] payload(String packageId) {
    return ask("the package " + packageId, () -> participant.bytes("/v2/packages/" + encoded(packageId)));
  }

  @Override
  public void upload(byte[] archive) {
    ask("the DAR", () -> {
      try {
        participant.upload("/v2/dars", archive);
      } catch (Refused e) {
        // Before 3.4 the path was another one.
        if (e.error().grpc() != LedgerError.NOT_FOUND || !e.error().code().isEmpty()) {
          throw e;
        }
        participant.upload("/v2/packages", archive);
      }
      return archive;
    });
  }

  static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    participant.close();
  }
}
