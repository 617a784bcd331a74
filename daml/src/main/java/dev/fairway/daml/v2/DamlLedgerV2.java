package dev.fairway.daml.v2;

import static dev.fairway.daml.v2.Participant.ask;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.v2.Participant.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final int PAGE = 1_000;

  private final V2Config config;
  private final Participant participant;
  private final PackageCache packages = new PackageCache(this::packageIds, this::payload);
  private final V2Commands commands;
  private final V2Completions completions;
  private volatile @Nullable String participantId;

  public DamlLedgerV2(V2Config config) {
    this.config = config;
    this.participant = new Participant(config);
    this.commands = new V2Commands(packages, config.userId());
    this.completions = new V2Completions(participant, config.userId(), this::end);
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
    Object format = V2EventFormat.toWire(query, packages);
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
    if (V2Offsets.toWire(offset) > V2Offsets.toWire(end)) {
      throw new FairwayException(ErrorCode.INVALID, "no offset " + offset + "; the end is " + end);
    }
    return offset;
  }

  private final class StreamCalls implements V2Stream.Calls {
    private final Object format;

    StreamCalls(Object format) {
      this.format = format;
    }

    @Override
    public PulledSocket activeContracts(Offset at, Optional<String> continuation) throws Refused {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("activeAtOffset", V2Offsets.toWire(at));
      request.put("eventFormat", format);
      continuation.ifPresent(token -> request.put("streamContinuationToken", token));
      return participant.stream("/v2/state/active-contracts", request);
    }

    @Override
    public PulledSocket updates(Offset after) throws Refused {
      return participant.stream("/v2/updates", Map.of("beginExclusive", V2Offsets.toWire(after), "updateFormat",
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

  @Override
  public Offset end() {
    return V2Offsets.fromWire(ask("its end", () -> participant.get("/v2/state/ledger-end")).path("offset"));
  }

  /** Up to where the participant has forgotten what happened. */
  public Offset pruned() {
    return V2Offsets.fromWire(ask("what it pruned", () -> participant.get("/v2/state/latest-pruned-offsets"))
        .path("participantPrunedUpToInclusive"));
  }

  // Writing

  @Override
  public SubmitResult submit(Submission submission) {
    Map<String, Object> request;
    try {
      request = commands.toWire(submission);
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
        .of(new Receipt(answer.path("updateId").asString(""), V2Offsets.fromWire(answer.path("completionOffset")))));
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    return completions.outcome(commandId, actAs, since);
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
