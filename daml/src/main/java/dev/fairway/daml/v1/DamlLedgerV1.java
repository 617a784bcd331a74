package dev.fairway.daml.v1;

import com.google.protobuf.ByteString;
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
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.v1.PulledCall.Signal;
import dev.fairway.daml.wire.v1.ActiveContractsServiceGrpc;
import dev.fairway.daml.wire.v1.CommandCompletionServiceGrpc;
import dev.fairway.daml.wire.v1.CommandServiceGrpc;
import dev.fairway.daml.wire.v1.Completion;
import dev.fairway.daml.wire.v1.CompletionEndRequest;
import dev.fairway.daml.wire.v1.CompletionStreamRequest;
import dev.fairway.daml.wire.v1.CompletionStreamResponse;
import dev.fairway.daml.wire.v1.Filters;
import dev.fairway.daml.wire.v1.GetActiveContractsRequest;
import dev.fairway.daml.wire.v1.GetActiveContractsResponse;
import dev.fairway.daml.wire.v1.GetLedgerConfigurationRequest;
import dev.fairway.daml.wire.v1.GetLedgerEndRequest;
import dev.fairway.daml.wire.v1.GetLedgerIdentityRequest;
import dev.fairway.daml.wire.v1.GetPackageRequest;
import dev.fairway.daml.wire.v1.GetTransactionsRequest;
import dev.fairway.daml.wire.v1.GetTransactionsResponse;
import dev.fairway.daml.wire.v1.InclusiveFilters;
import dev.fairway.daml.wire.v1.LedgerConfigurationServiceGrpc;
import dev.fairway.daml.wire.v1.LedgerIdentityServiceGrpc;
import dev.fairway.daml.wire.v1.LedgerOffset;
import dev.fairway.daml.wire.v1.ListPackagesRequest;
import dev.fairway.daml.wire.v1.PackageServiceGrpc;
import dev.fairway.daml.wire.v1.SubmitAndWaitRequest;
import dev.fairway.daml.wire.v1.TransactionFilter;
import dev.fairway.daml.wire.v1.TransactionServiceGrpc;
import dev.fairway.daml.wire.v1.TransactionTree;
import dev.fairway.daml.wire.v1.admin.AllocatePartyRequest;
import dev.fairway.daml.wire.v1.admin.ListKnownPartiesRequest;
import dev.fairway.daml.wire.v1.admin.PackageManagementServiceGrpc;
import dev.fairway.daml.wire.v1.admin.PartyManagementServiceGrpc;
import dev.fairway.daml.wire.v1.admin.UploadDarFileRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A ledger over the Daml Ledger API v1. Nothing is asked before it is needed, so it can be made while the ledger is down;
 * the connection is made again by itself, with growing pauses, whenever it is lost.
 *
 * <p>A submission is unknown when the request went out and no answer of the ledger came back. Ledgers before Daml 2 say
 * the same of a command that was accepted and of one that is under way; which of both it is, its completion tells.
 */
public final class DamlLedgerV1 implements Ledger {
  /** A ledger tells completions up to now at once, and does not tell when there is none. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final V1Config config;
  private final V1Connection connection;
  private final PackageCache packages = new PackageCache(this::packageIds, this::payload);
  private final V1Commands commands = new V1Commands(packages);
  private final Map<ChangeId, CompletableFuture<SubmitResult>> underWay = new ConcurrentHashMap<>();
  private volatile @Nullable String ledgerId;
  private volatile @Nullable Duration longestDeduplication;

  /** @throws FairwayException with {@code CONFIGURATION} when the certificates cannot be used */
  public DamlLedgerV1(V1Config config) {
    this.config = config;
    this.connection = new V1Connection(config);
  }

  @Override
  public String id() {
    String known = ledgerId;
    if (known == null) {
      known = connection.ask("its identity", c -> connection.within(LedgerIdentityServiceGrpc.newBlockingStub(c))
          .getLedgerIdentity(GetLedgerIdentityRequest.getDefaultInstance()).getLedgerId());
      ledgerId = known;
    }
    return known;
  }

  @Override
  public boolean looksBack() {
    return false;
  }

  // Reading

  @Override
  public LedgerStream open(Query query, From from) {
    TransactionFilter filter = filter(query);
    V1Stream.Calls calls = new StreamCalls(id(), filter);
    return switch (from) {
      case From.Snapshot() -> V1Stream.snapshot(calls, packages, query);
      case From.SnapshotAt(Offset offset) -> throw new FairwayException(ErrorCode.INVALID,
          "the Ledger API v1 shows what is active now only, not as of " + offset);
      case From.After(Offset offset) -> {
        Offset end = end();
        // Offsets of this API are ordered as texts.
        if (offset.value().compareTo(end.value()) > 0) {
          throw new FairwayException(ErrorCode.INVALID, "no offset " + offset + "; the end is " + end);
        }
        yield V1Stream.after(calls, packages, query, offset);
      }
    };
  }

  private final class StreamCalls implements V1Stream.Calls {
    private final String id;
    private final TransactionFilter filter;
    private @Nullable Secret token;

    StreamCalls(String id, TransactionFilter filter) {
      this.id = id;
      this.filter = filter;
    }

    private Channel renewedChannel() {
      token = connection.token().orElse(null);
      return connection.as(Optional.ofNullable(token));
    }

    @Override
    public PulledCall<GetActiveContractsRequest, GetActiveContractsResponse> activeContracts() {
      PulledCall<GetActiveContractsRequest, GetActiveContractsResponse> call = new PulledCall<>();
      ActiveContractsServiceGrpc.newStub(renewedChannel()).getActiveContracts(
          GetActiveContractsRequest.newBuilder().setLedgerId(id).setFilter(filter).setVerbose(true).build(), call);
      return call;
    }

    @Override
    public PulledCall<GetTransactionsRequest, GetTransactionsResponse> transactions(Offset after) {
      PulledCall<GetTransactionsRequest, GetTransactionsResponse> call = new PulledCall<>();
      TransactionServiceGrpc.newStub(renewedChannel()).getTransactions(GetTransactionsRequest.newBuilder()
          .setLedgerId(id).setBegin(toWire(after)).setFilter(filter).setVerbose(true).build(), call);
      return call;
    }

    @Override
    public LedgerError error(Throwable cause) {
      return V1Connection.errorOf(Status.fromThrowable(cause), Status.trailersFromThrowable(cause), true);
    }

    @Override
    public boolean renewed(LedgerError error) {
      return connection.renewed(error, token);
    }
  }

  /**
   * Templates are narrowed by the ledger where all are known to it by their id; one it does not know yet would be an error
   * there, so then everything is read and narrowed here.
   */
  private TransactionFilter filter(Query query) {
    Set<TemplateId> templates = new HashSet<>();
    for (TemplatePattern pattern : query.templates()) {
      if (pattern instanceof TemplatePattern.One(TemplateId template) && isKnown(template)) {
        templates.add(template);
      } else {
        templates.clear();
        break;
      }
    }
    Filters filters = templates.isEmpty()
        ? Filters.getDefaultInstance()
        : Filters.newBuilder().setInclusive(
            InclusiveFilters.newBuilder().addAllTemplateIds(templates.stream().map(V1Values::toWire).toList())).build();
    TransactionFilter.Builder filter = TransactionFilter.newBuilder();
    query.readers().forEach(party -> filter.putFiltersByParty(party.name(), filters));
    return filter.build();
  }

  private boolean isKnown(TemplateId template) {
    return template.pkg().filter(pkg -> !pkg.startsWith("#")).flatMap(packages::findIfThere)
        .filter(pkg -> pkg.templates().containsKey(template.name())).isPresent();
  }

  @Override
  public Offset end() {
    String id = id();
    return fromWire(connection.ask("its end", c -> connection.within(TransactionServiceGrpc.newBlockingStub(c))
        .getLedgerEnd(GetLedgerEndRequest.newBuilder().setLedgerId(id).build()).getOffset()));
  }

  private static LedgerOffset toWire(Offset offset) {
    return offset.equals(Offset.BEGIN)
        ? LedgerOffset.newBuilder().setBoundary(LedgerOffset.LedgerBoundary.LEDGER_BEGIN).build()
        : LedgerOffset.newBuilder().setAbsolute(offset.value()).build();
  }

  private static Offset fromWire(LedgerOffset wire) {
    return new Offset(wire.getAbsolute());
  }

  // Writing

  @Override
  public SubmitResult submit(Submission submission) {
    SubmitAndWaitRequest request;
    try {
      request = SubmitAndWaitRequest.newBuilder().setCommands(commands.toWire(submission, id(), config.applicationId(),
          deduplication(submission.deduplication()))).build();
    } catch (ArithmeticException e) {
      return new SubmitResult.Rejected(Reason.INVALID, "VALUE_OUT_OF_RANGE", "a date or timestamp is out of range");
    } catch (FairwayException e) {
      return notSent(e);
    }
    return together(new ChangeId(submission.commandId(), submission.actAs()), () -> {
      SubmitResult result = send(request, true);
      return result instanceof SubmitResult.Unknown(String why) && why.startsWith(DUPLICATE)
          ? settle(submission, why)
          : result;
    });
  }

  private static SubmitResult notSent(FairwayException e) {
    String why = String.valueOf(e.getMessage());
    return switch (e.code()) {
      case INVALID -> new SubmitResult.Rejected(Reason.INVALID, "NOT_SENT", why);
      case UNAUTHENTICATED, FORBIDDEN -> new SubmitResult.Rejected(Reason.FORBIDDEN, "NOT_SENT", why);
      default -> new SubmitResult.Unavailable(Optional.empty(), why);
    };
  }

  /** What a ledger recognises a resend by, within our application id. */
  private record ChangeId(String commandId, Set<Party> actAs) {}

  /**
   * Sends it once for all who send it at the same time: ledgers before Daml 2 leave the second without an answer until its
   * time is over.
   */
  private SubmitResult together(ChangeId change, Supplier<SubmitResult> send) {
    CompletableFuture<SubmitResult> mine = new CompletableFuture<>();
    CompletableFuture<SubmitResult> first = underWay.putIfAbsent(change, mine);
    if (first != null) {
      return first.join();
    }
    try {
      SubmitResult result = send.get();
      mine.complete(result);
      return result;
    } finally {
      underWay.remove(change, mine);
      mine.complete(new SubmitResult.Unknown("who sent " + change.commandId() + " at the same time had no answer"));
    }
  }

  /** Marks what a ledger before Daml 2 says of a command id that it has seen, be it done or under way. */
  private static final String DUPLICATE = "duplicate command: ";

  private SubmitResult settle(Submission submission, String why) {
    try {
      return switch (outcome(submission.commandId(), submission.actAs(), Offset.BEGIN)) {
        case CommandOutcome.Accepted(Optional<Receipt> receipt) -> new SubmitResult.Accepted(receipt);
        case CommandOutcome.Rejected _,CommandOutcome.NotSeen _ ->
          new SubmitResult.Unavailable(Optional.of(Duration.ofSeconds(1)), why);
      };
    } catch (FairwayException e) {
      return new SubmitResult.Unknown(why + "; and its completion cannot be looked up: " + e.getMessage());
    }
  }

  private SubmitResult send(SubmitAndWaitRequest request, boolean mayRenew) {
    AtomicBoolean sent = new AtomicBoolean();
    Optional<Secret> token;
    try {
      token = connection.token();
    } catch (FairwayException e) {
      return notSent(e);
    }
    try {
      // As a flat transaction, one in which no contract comes or goes is not found.
      TransactionTree transaction = connection
          .within(CommandServiceGrpc.newBlockingStub(connection.as(token))).withOption(V1Connection.SENT, sent)
          .withInterceptors(new V1Connection.SentMarker()).submitAndWaitForTransactionTree(request)
          .getTransaction();
      return new SubmitResult.Accepted(
          Optional.of(new Receipt(transaction.getTransactionId(), new Offset(transaction.getOffset()))));
    } catch (StatusRuntimeException e) {
      LedgerError error = V1Connection.errorOf(e.getStatus(), e.getTrailers(), sent.get());
      if (mayRenew && connection.renewed(error, token.orElse(null))) {
        return send(request, false);
      }
      return error.category() == 0 && error.grpc() == LedgerError.ALREADY_EXISTS
          ? new SubmitResult.Unknown(DUPLICATE + error.text())
          : error.toResult();
    }
  }

  /** The ledger refuses more than it can do. */
  private Duration deduplication(Duration wanted) {
    Duration longest = longestDeduplication;
    if (longest == null) {
      String id = id();
      var configuration = connection.ask("its configuration",
          c -> connection.within(LedgerConfigurationServiceGrpc.newBlockingStub(c))
              .getLedgerConfiguration(GetLedgerConfigurationRequest.newBuilder().setLedgerId(id).build()).next()
              .getLedgerConfiguration());
      longest = Duration.ofSeconds(configuration.getMaxDeduplicationTime().getSeconds());
      longestDeduplication = longest;
    }
    return longest.isPositive() && longest.compareTo(wanted) < 0 ? longest : wanted;
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    String id = id();
    Offset end = fromWire(
        connection.ask("its end of completions", c -> connection.within(CommandCompletionServiceGrpc.newBlockingStub(c))
            .completionEnd(CompletionEndRequest.newBuilder().setLedgerId(id).build()).getOffset()));
    if (since.value().compareTo(end.value()) >= 0) {
      return new CommandOutcome.NotSeen();
    }
    PulledCall<CompletionStreamRequest, CompletionStreamResponse> call = new PulledCall<>();
    CommandCompletionServiceGrpc.newStub(connection.as(connection.token())).completionStream(
        CompletionStreamRequest.newBuilder().setLedgerId(id).setApplicationId(config.applicationId())
            .addAllParties(actAs.stream().map(Party::name).toList()).setOffset(toWire(since)).build(),
        call);
    try (call) {
      return readCompletions(call, commandId, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while looking for command " + commandId, e);
    }
  }

  private static CommandOutcome readCompletions(PulledCall<?, CompletionStreamResponse> call, String commandId,
      Offset end) throws InterruptedException {
    CommandOutcome outcome = new CommandOutcome.NotSeen();
    while (true) {
      switch (call.poll(QUIET).orElse(new Signal.Done<>())) {
        case Signal.Done<CompletionStreamResponse>() -> {
          return outcome;
        }
        case Signal.Failed<CompletionStreamResponse>(Throwable cause) ->
          throw V1Connection.errorOf(Status.fromThrowable(cause), Status.trailersFromThrowable(cause), true)
              .toException("completions", cause);
        case Signal.Message<CompletionStreamResponse>(var message) -> {
          Offset offset = fromWire(message.getCheckpoint().getOffset());
          for (Completion completion : message.getCompletionsList()) {
            if (completion.getCommandId().equals(commandId)) {
              if (completion.getStatus().getCode() == 0) {
                return new CommandOutcome.Accepted(Optional.of(new Receipt(completion.getTransactionId(), offset)));
              }
              if (V1Connection.errorOf(completion.getStatus(), true).toResult() instanceof SubmitResult.Rejected why) {
                outcome = new CommandOutcome.Rejected(why);
              }
            }
          }
          if (!offset.value().isEmpty() && offset.value().compareTo(end.value()) >= 0) {
            return outcome;
          }
        }
      }
    }
  }

  // Parties and packages

  @Override
  public List<Party> parties() {
    return connection.ask("its parties",
        c -> connection.within(PartyManagementServiceGrpc.newBlockingStub(c))
            .listKnownParties(ListKnownPartiesRequest.getDefaultInstance()).getPartyDetailsList().stream()
            .map(details -> new Party(details.getParty())).sorted().toList());
  }

  @Override
  public Party allocate(String hint) {
    try {
      return connection.ask("the party " + hint,
          c -> new Party(connection.within(PartyManagementServiceGrpc.newBlockingStub(c))
              .allocateParty(AllocatePartyRequest.newBuilder().setPartyIdHint(hint).setDisplayName(hint).build())
              .getPartyDetails().getParty()));
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.INVALID && parties().contains(new Party(hint))) {
        throw new FairwayException(ErrorCode.CONFLICT, "the ledger already has a party " + hint, e);
      }
      throw e;
    }
  }

  @Override
  public List<LedgerPackage> packages() {
    return packages.all();
  }

  private List<String> packageIds() {
    String id = id();
    return connection.ask("its packages", c -> connection.within(PackageServiceGrpc.newBlockingStub(c))
        .listPackages(ListPackagesRequest.newBuilder().setLedgerId(id).build()).getPackageIdsList());
  }

  private byte[] payload(String packageId) {
    String id = id();
    return connection.ask("the package " + packageId, c -> connection.within(PackageServiceGrpc.newBlockingStub(c))
        .getPackage(GetPackageRequest.newBuilder().setLedgerId(id).setPackageId(packageId).build()).getArchivePayload()
        .toByteArray());
  }

  @Override
  public void upload(byte[] archive) {
    connection.ask("the DAR",
        c -> connection.within(PackageManagementServiceGrpc.newBlockingStub(c))
            .uploadDarFile(UploadDarFileRequest.newBuilder().setDarFile(ByteString.copyFrom(archive)).build()));
  }

  @Override
  public void close() {
    connection.close();
  }
}
