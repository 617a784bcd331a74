package dev.fairway.datatrust.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.Datatrust;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.delivery.Booking;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Integrity;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.market.Candidate;
import dev.fairway.datatrust.market.MarketParameters;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.task.Task;
import dev.fairway.evm.Hash;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a market's operator asks of this node and has it do. */
public final class OperatorDoor {
  private static final String SCOPE = "igl.admin";
  private static final int ROWS = 500;

  private final Datatrust datatrust;

  public OperatorDoor(Datatrust datatrust) {
    this.datatrust = datatrust;
  }

  /** @param prefix {@code /api/datatrust}, say */
  public Door door(String prefix) {
    return new Door(datatrust.config().named("datatrust-operator"), prefix, ErrorStyle.PROBLEM, List.of(
        Route.get("", "The market, who holds office, and how this node stands").scope(SCOPE)
            .answers(200, "the market").handle(this::market),
        Route.get("/candidates/{hash}", "A poll").scope(SCOPE).answers(200, "the poll").handle(this::candidate),
        Route.post("/register", "Stands for datatrust").scope(SCOPE).answers(202, "the tasks").handle(this::register),
        Route.post("/candidates/{hash}/resolve", "Resolves a poll whose time is over").scope(SCOPE)
            .answers(202, "the task").handle(call -> sent(call, List.of(datatrust.office().resolve(hash(call))))),
        Route.post("/candidates/{hash}/unstake", "Fetches this node's stake of a poll that is over").scope(SCOPE)
            .answers(202, "the task").handle(call -> sent(call, List.of(datatrust.office().unstake(hash(call))))),
        Route.get("/uploads", "Data handed in, the newest first").scope(SCOPE).answers(200, "uploads")
            .handle(this::uploads),
        Route.post("/listings/{hash}/verify", "Reads a listing's data through and compares them with the chain")
            .scope(SCOPE).answers(200, "whether they are what the chain says").handle(this::verify),
        Route
            .post("/listings/{hash}/scrub", "Reads a listing's data through, and withholds them while they are damaged")
            .scope(SCOPE).answers(200, "what was found").handle(this::scrub),
        new AdoptionRoute(datatrust.uploads(), datatrust.adoption(), datatrust.config().largest()).route(SCOPE),
        Route.get("/deliveries", "Bytes given out, the newest first").scope(SCOPE).answers(200, "deliveries")
            .handle(this::deliveries),
        Route.post("/accounts/{account}/revoke", "Takes back all tokens of an account").scope(SCOPE)
            .answers(204, "they are").handle(this::revoke),
        Route.get("/tasks", "What is under way or was, the newest first").scope(SCOPE).answers(200, "tasks")
            .handle(this::tasks)));
  }

  private static Hash hash(Call call) {
    return Wire.hash(call.param("hash"))
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID, "a hash must be 0x and 64 hex digits"));
  }

  private void market(Call call) throws IOException {
    DatatrustConfig config = datatrust.config();
    MarketReader market = datatrust.market();
    MarketIndex index = datatrust.index();
    ObjectNode body = Json.object().put("market", config.market()).put("chain_id", datatrust.rpc().chainId())
        .put("dns_name", config.dnsName()).put("account", datatrust.office().account().checksummed())
        .put("registered", datatrust.office().isOurs());
    index.backend().ifPresentOrElse(backend -> body.put("backend", backend.checksummed()),
        () -> body.putNull("backend"));
    body.put("candidate", datatrust.office().candidate().hex()).put("indexed_to", index.position());
    datatrust.trouble().ifPresentOrElse(trouble -> body.put("trouble", trouble), () -> body.putNull("trouble"));
    ObjectNode contracts = body.putObject("contracts");
    config.contracts().byName().forEach((name, address) -> contracts.put(name, address.checksummed()));
    MarketParameters figures = market.parameters();
    body.putObject("parameters").put("price_floor", figures.priceFloor()).put("spread", figures.spread())
        .put("list_reward", figures.listReward()).put("stake", figures.stake())
        .put("vote_by_seconds", figures.voteBy().toSeconds()).put("plurality", figures.plurality())
        .put("backend_payment", figures.backendPayment()).put("maker_payment", figures.makerPayment())
        .put("reserve_payment", figures.reservePayment()).put("cost_per_byte", figures.costPerByte());
    BigInteger ether = datatrust.rpc().balance(datatrust.office().account());
    body.putObject("balances").put("wei", ether)
        .put("market_token", market.marketToken(datatrust.office().account()))
        .put("ether_token", market.etherToken(datatrust.office().account()));
    body.put("support_price", market.supportPrice());
    call.json(200, body);
  }

  private void candidate(Call call) throws IOException {
    Hash hash = hash(call);
    MarketReader market = datatrust.market();
    Candidate poll = market.candidate(hash)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, CapiError.NOT_CANDIDATE));
    call.json(200,
        Json.object().put("hash", hash.hex()).put("kind", poll.kind().name().toLowerCase(Locale.ROOT))
            .put("owner", poll.owner().checksummed()).put("stake", poll.stake())
            .put("vote_by", poll.voteBy().toString())
            .put("yea", poll.yea()).put("nay", poll.nay()).put("would_pass", market.didPass(hash)));
  }

  private void revoke(Call call) {
    datatrust.tokens().revoke(Wire.address(call.param("account"))
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID, "an account must be 0x and 40 hex digits")));
    call.empty(204);
  }

  private void register(Call call) throws IOException {
    sent(call, datatrust.office().register());
  }

  private static void sent(Call call, List<UUID> tasks) throws IOException {
    ObjectNode body = Json.object();
    ArrayNode ids = body.putArray("tasks");
    tasks.forEach(task -> ids.add(task.toString()));
    call.json(202, body);
  }

  private static void items(Call call, List<? extends JsonNode> items) throws IOException {
    ObjectNode body = Json.object();
    body.putArray("items").addAll(items);
    call.json(200, body);
  }

  private void uploads(Call call) throws IOException {
    items(call, datatrust.uploads().recent(ROWS).stream().map(this::upload).toList());
  }

  private ObjectNode upload(Upload upload) {
    MarketIndex index = datatrust.index();
    Hash hash = upload.listing();
    Optional<String> state = index.owner(hash).filter(upload.owner()::equals).map(_ -> "listed")
        .or(() -> index.applicant(hash).filter(upload.owner()::equals).map(_ -> "under vote"));
    return Json.object().put("listing", hash.hex()).put("title", upload.description().title())
        .put("owner", upload.owner().checksummed()).put("state", state.orElse("not in the market"))
        .put("fault", datatrust.uploads().fault(upload).orElse(""))
        .put("size", upload.object().size()).put("data_hash", upload.digests().data().hex())
        .put("sales", index.sales(hash)).put("task", upload.task().toString())
        .put("uploaded_at", upload.uploadedAt().toString());
  }

  private Upload current(Hash hash) {
    return datatrust.uploads().current(hash)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, CapiError.NO_RESULTS));
  }

  private void scrub(Call call) throws IOException {
    Hash hash = hash(call);
    Optional<String> fault = datatrust.caretaker().check(current(hash), datatrust.now());
    ObjectNode body = Json.object().put("listing", hash.hex()).put("ok", fault.isEmpty());
    fault.ifPresentOrElse(why -> body.put("fault", why), () -> body.putNull("fault"));
    call.json(200, body);
  }

  private void verify(Call call) throws IOException {
    Hash hash = hash(call);
    Upload upload = current(hash);
    Optional<Hash> chain = datatrust.market().dataHash(hash);
    Integrity.Checked checked = datatrust.integrity().check(upload, chain);
    ObjectNode body = Json.object().put("listing", hash.hex()).put("stored", checked.stored().hex());
    chain.ifPresentOrElse(known -> body.put("on_chain", known.hex()), () -> body.putNull("on_chain"));
    call.json(200, body.put("uploaded", upload.digests().data().hex()).put("ok", checked.ok()));
  }

  private void deliveries(Call call) throws IOException {
    items(call, datatrust.deliveries().recent(ROWS).stream().map(OperatorDoor::booking).toList());
  }

  private static ObjectNode booking(Booking booking) {
    ObjectNode body = Json.object().put("delivery", booking.delivery().hex()).put("listing", booking.listing().hex())
        .put("buyer", booking.buyer().checksummed()).put("bytes", booking.size())
        .put("state", booking.state().name().toLowerCase(Locale.ROOT)).put("task", booking.task().toString())
        .put("booked_at", booking.bookedAt().toString());
    booking.reason().ifPresent(reason -> body.put("reason", reason));
    return body;
  }

  private void tasks(Call call) throws IOException {
    items(call, datatrust.tasks().recent(ROWS).stream().map(OperatorDoor::task).toList());
  }

  private static ObjectNode task(Task task) {
    ObjectNode body = Json.object().put("id", task.id().toString())
        .put("kind", task.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("state", task.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("created_at", task.createdAt().toString()).put("changed_at", task.changedAt().toString());
    task.listing().ifPresent(listing -> body.put("listing", listing.hex()));
    task.delivery().ifPresent(delivery -> body.put("delivery", delivery.hex()));
    task.result().ifPresent(result -> body.put("result", result));
    task.reason().ifPresent(reason -> body.put("reason", reason));
    return body;
  }
}
