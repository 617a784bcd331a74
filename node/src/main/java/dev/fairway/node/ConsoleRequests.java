package dev.fairway.node;

import dev.fairway.automation.runtime.KnownRequest;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestDesk;
import dev.fairway.automation.runtime.RequestReason;
import dev.fairway.automation.runtime.RequestState;
import dev.fairway.automation.runtime.RequestsApi;
import dev.fairway.console.Wording;
import dev.fairway.console.page.RequestsPage;
import dev.fairway.console.page.Tone;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.DeadLetters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The node's requests, for the operator's page. */
record ConsoleRequests(RequestBook book, RequestDesk desk, DeadLetters letters) implements RequestsPage.Source {
  @Override
  public Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    book.counts().forEach((state, count) -> counts.put(state.word(), count));
    return counts;
  }

  @Override
  public List<RequestsPage.Row> newest(Optional<String> state) {
    List<KnownRequest> requests = state.flatMap(RequestState::of).map(book::newest).orElseGet(book::newest);
    return requests.stream().map(ConsoleRequests::row).toList();
  }

  private static RequestsPage.Row row(KnownRequest request) {
    return new RequestsPage.Row(request.contractId(), request.integration(),
        TemplateId.parse(request.template()).name(),
        request.state().word(), tone(request.state()), request.attempts(),
        request.reason().map(reason -> reason.code() + ": " + reason.message()).orElse(""), request.changed());
  }

  private static Tone tone(RequestState state) {
    return switch (state) {
      case READY, SUBMITTING -> Tone.BUSY;
      case ACCEPTED -> Tone.GOOD;
      case REJECTED, CANCELLED -> Tone.PLAIN;
      case QUARANTINED -> Tone.BAD;
    };
  }

  @Override
  public List<DeadLetters.Group> groups() {
    return desk.groups();
  }

  @Override
  public RequestsPage.Detail open(String contract) {
    RequestDesk.Opened opened = desk.open(contract);
    List<RequestsPage.Failed> failures = opened.letter().map(DeadLetters.Opened::failures).orElse(List.of()).reversed()
        .stream().map(failed -> new RequestsPage.Failed(failed.at(), failed.attempt(),
            Wording.word(failed.failureClass()), failed.why()))
        .toList();
    String payload = opened.letter().map(RequestsApi::payload).map(JsonNode::toPrettyString).orElse("");
    return new RequestsPage.Detail(row(opened.request()), payload, failures, opened.request().firstSeen());
  }

  @Override
  public DeadLetters.Tried tryDry(String contract, String actor) {
    return desk.tryDry(contract, actor);
  }

  @Override
  public void release(String contract, String actor) {
    desk.release(contract, actor);
  }

  @Override
  public void discard(String contract, String actor) {
    desk.discard(contract, actor);
  }

  @Override
  public void reject(String contract, String code, String message, String actor) {
    desk.reject(contract, new RequestReason(code, message, Map.of(), false), actor);
  }

  @Override
  public void replace(String contract, String choice, JsonNode argument, String actor) {
    desk.replace(contract, choice, argument, actor);
  }

  @Override
  public long releaseAll(String kind, String cause, String actor) {
    return letters.redrive(new DeadLetters.Filter(Optional.of(kind), Optional.empty(), Optional.of(cause),
        Optional.empty()), actor);
  }
}
