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
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.wire.v1.ActiveContractsServiceGrpc;
import dev.fairway.daml.wire.v1.GetActiveContractsRequest;
import dev.fairway.daml.wire.v1.GetActiveContractsResponse;
import dev.fairway.daml.wire.v1.GetLedgerEndRequest;
import dev.fairway.daml.wire.v1.GetLedgerIdentityRequest;
import dev.fairway.daml.wire.v1.GetPackageRequest;
import dev.fairway.daml.wire.v1.GetTransactionsRequest;
import dev.fairway.daml.wire.v1.GetTransactionsResponse;
import dev.fairway.daml.wire.v1.LedgerIdentityServiceGrpc;
import dev.fairway.daml.wire.v1.ListPackagesRequest;
import dev.fairway.daml.wire.v1.PackageServiceGrpc;
import dev.fairway.daml.wire.v1.TransactionFilter;
import dev.fairway.daml.wire.v1.TransactionServiceGrpc;
import dev.fairway.daml.wire.v1.admin.AllocatePartyRequest;
import dev.fairway.daml.wire.v1.admin.ListKnownPartiesRequest;
import dev.fairway.daml.wire.v1.admin.PackageManagementServiceGrpc;
import dev.fairway.daml.wire.v1.admin.PartyManagementServiceGrpc;
import dev.fairway.daml.wire.v1.admin.UploadDarFileRequest;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A ledger over the Daml Ledger API v1. Nothing is asked before it is needed, so it can be made while the ledger is down;
 * the connection is made again by itself, with growing pauses, whenever it is lost.
 */
public final class DamlLedgerV1 implements Ledger {
  private final V1Connection connection;
  private final PackageCache packages = new PackageCache(this::packageIds, this::payload);
  private final V1Completions completions;
  private final V1Submissions submissions;
  private volatile @Nullable String ledgerId;

  /** @throws FairwayException with {@code CONFIGURATION} when the certificates cannot be used */
  public DamlLedgerV1(V1Config config) {
    this.connection = new V1Connection(config);
    this.completions = new V1Completions(connection, this::id, config.applicationId());
    this.submissions = new V1Submissions(connection, this::id, new V1Commands(packages, config.applicationId()),
        completions);
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
    TransactionFilter filter = V1Filter.toWire(query, packages);
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
          .setLedgerId(id).setBegin(V1Offsets.toWire(after)).setFilter(filter).setVerbose(true).build(), call);
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

  @Override
  public Offset end() {
    String id = id();
    return V1Offsets
        .fromWire(connection.ask("its end", c -> connection.within(TransactionServiceGrpc.newBlockingStub(c))
            .getLedgerEnd(GetLedgerEndRequest.newBuilder().setLedgerId(id).build()).getOffset()));
  }

  // Writing

  @Override
  public SubmitResult submit(Submission submission) {
    return submissions.submit(submission);
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    return completions.outcome(commandId, actAs, since);
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
