package dev.fairway.datatrust.http;

import dev.fairway.datatrust.Step;
import dev.fairway.datatrust.Steps;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.market.Candidate;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is listed and what is under vote. */
final class ListingRoutes {
  private static final String FROM = "Block number to begin scanning from";
  private static final String TO = "Block number (inclusive) to end scanning at";

  private final MarketIndex index;
  private final MarketReader chain;
  private final Uploads uploads;
  private final Steps steps;

  ListingRoutes(Deliveries.Parts parts) {
    this.index = parts.index();
    this.chain = parts.chain();
    this.uploads = parts.uploads();
    this.steps = parts.steps();
  }

  List<Route> routes() {
    return List.of(ranged(Route.get("/listings/", "What was listed in a range of blocks"))
        .handle(Wire.collection(this::listings)),
        Route.get("/listings/{hash}", "One listing").anyone().answers(200, "the listing")
            .handle(Wire.item(this::listing)),
        ranged(Route.get("/candidates/", "Whose polls were opened in a range of blocks"))
            .handle(Wire.collection(call -> hashes(call, Optional.empty()))),
        ranged(Route.get("/candidates/application", "Applications under vote"))
            .handle(Wire.item(this::applications)),
        ranged(Route.get("/candidates/{type}", "Candidates of a kind: challenge, reparam or registration"))
            .handle(Wire.item(this::ofKind)),
        Route.get("/candidates/application/{hash}", "One application").anyone().answers(200, "the application")
            .handle(Wire.item(this::application)));
  }

  private static Route ranged(Route route) {
    return route.anyone().query("from-block", FROM).query("to-block", TO).query("owner", "only of this account")
        .answers(200, "what there is");
  }

  /** What a request asks to be looked through. */
  private record Scan(long from, long to, Optional<Address> owner) {
    static Scan of(Call call) {
      long from = Arguments.block(call, "from-block", FROM).orElse(0L);
      long to = Arguments.block(call, "to-block", TO).orElse(Long.MAX_VALUE);
      Optional<Address> owner = call.query("owner").filter(text -> !text.isEmpty())
          .map(text -> Wire.address(text)
              .orElseThrow(() -> CapiError.argument("owner", "The owner is no address: " + text)));
      return new Scan(from, to, owner);
    }
  }

  private void listings(Call call) throws IOException {
    Scan scan = Scan.of(call);
    MarketIndex.Range range = steps.timed(Step.LISTED, () -> index.listed(scan.from(), scan.to(), scan.owner()));
    answer(call, scan, range, rows(range));
  }

  private void applications(Call call) throws IOException {
    Scan scan = Scan.of(call);
    MarketIndex.Range range = candidates(scan, Optional.of(CandidateKind.APPLICATION));
    answer(call, scan, range, rows(range));
  }

  private ArrayNode rows(MarketIndex.Range range) {
    return steps.timed(Step.ROWS, () -> {
      ArrayNode items = Json.array();
      range.hashes().forEach(hash -> uploads.current(hash).ifPresent(upload -> items.add(listing(upload))));
      return items;
    });
  }

  private void ofKind(Call call) throws IOException {
    CandidateKind kind = CandidateKind.named(call.param("type"))
        .orElseThrow(() -> CapiError.of(404, CapiError.NOT_CANDIDATE));
    hashes(call, Optional.of(kind));
  }

  private void hashes(Call call, Optional<CandidateKind> kind) throws IOException {
    Scan scan = Scan.of(call);
    MarketIndex.Range range = candidates(scan, kind);
    ArrayNode items = Json.array();
    range.hashes().forEach(hash -> items.add(hash.hex()));
    answer(call, scan, range, items);
  }

  private MarketIndex.Range candidates(Scan scan, Optional<CandidateKind> kind) {
    return steps.timed(Step.POLLS, () -> index.candidates(scan.from(), scan.to(), kind, scan.owner()));
  }

  private void answer(Call call, Scan scan, MarketIndex.Range range, ArrayNode items) throws IOException {
    ObjectNode body = Json.object();
    body.set("items", items);
    Wire.json(call, 200, body.put("from_block", scan.from()).put("to_block", range.lastBlock()).put("head",
        index.position()));
  }

  private void listing(Call call) throws IOException {
    Hash hash = Wire.pathHash(call);
    Wire.json(call, 200, steps.timed(Step.LISTING, () -> listing(hash)));
  }

  private ObjectNode listing(Hash hash) {
    if (!index.isListed(hash)) {
      throw CapiError.of(404, CapiError.NOT_LISTED);
    }
    Upload upload = uploads.current(hash).orElseThrow(() -> CapiError.of(404, CapiError.NO_RESULTS));
    BigInteger supply = chain.listing(hash).map(MarketReader.ListingState::supply).orElse(BigInteger.ZERO);
    return listing(upload).put("supply", supply);
  }

  private void application(Call call) throws IOException {
    Hash hash = Wire.pathHash(call);
    Wire.json(call, 200, steps.timed(Step.APPLICATION, () -> application(hash)));
  }

  private ObjectNode application(Hash hash) {
    Candidate candidate = chain.candidate(hash).filter(poll -> poll.kind() == CandidateKind.APPLICATION)
        .orElseThrow(() -> CapiError.of(404, CapiError.NOT_CANDIDATE));
    Upload upload = uploads.find(hash, candidate.owner())
        .orElseThrow(() -> CapiError.of(404, CapiError.NO_RESULTS));
    ObjectNode body = Json.object().put("kind", candidate.kind().number()).put("owner",
        candidate.owner().checksummed());
    body.put("stake", candidate.stake()).put("vote_by", candidate.voteBy().getEpochSecond())
        .put("yea", candidate.yea()).put("nay", candidate.nay());
    describe(body, upload);
    return body.put("size", upload.object().size()).putNull("supply");
  }

  /** As every answer has it; what it holds of the market is filled in where one is asked for. */
  static ObjectNode listing(Upload upload) {
    ObjectNode body = Json.object();
    describe(body, upload);
    return body.put("owner", upload.owner().checksummed()).put("size", upload.object().size()).putNull("supply");
  }

  private static void describe(ObjectNode body, Upload upload) {
    Upload.Description words = upload.description();
    body.put("description", words.description()).put("title", words.title()).put("license", words.license())
        .put("listing_hash", upload.listing().hex()).put("file_type", words.fileType());
    if (words.tags().isPresent()) {
      ArrayNode tags = body.putArray("tags");
      words.tags().get().forEach(tags::add);
    } else {
      body.putNull("tags");
    }
  }
}
