package dev.fairway.node.demo;

import dev.fairway.automation.project.Project;
import dev.fairway.automation.project.Scaffold;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.node.cli.ProjectCommands;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests for ledgers while everything goes wrong: whoever answers is down, a request kills its worker's process on each
 * try, the service behind is down for a while and the node is killed meanwhile, and a quota is used up by requests made at
 * the same moment. Each request gets one clear ending.
 */
final class RequestsStory implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private static final String DESK = "desk";
  private static final int MOST_TRIES = 3;
  private static final Set<String> OPEN = Set.of("ready", "submitting", "unknown");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Consumer<String> tell;
  private final LedgerProvider provider;
  private final NodeProcess node;
  private URI base;
  private final Map<String, String> contracts = new LinkedHashMap<>();
  private final Map<String, String> endings = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int kills;

  private RequestsStory(NodeProcess node, LedgerProvider provider, URI base, Consumer<String> tell) {
    this.node = node;
    this.provider = provider;
    this.base = base;
    this.tell = tell;
  }

  /**
   * Starts a node and the service, and installs the sample.
   *
   * @param folder empty
   */
  static RequestsStory start(Path folder, int port, Consumer<String> tell) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path config = Files.writeString(folder.resolve("fairway.yaml"),
        "profile: dev\nlisten: 127.0.0.1:" + port + "\ndir: node\n");
    Project.Built built = Scaffold.ledgerQuota(folder).build(ProjectCommands.how(true, true, List.of()),
        new PrintWriter(Writer.nullWriter()));
    NodeProcess node = NodeProcess.serve(config, folder.resolve("node.log"));
    LedgerProvider provider = new LedgerProvider();
    try {
      RequestsStory story = new RequestsStory(node, provider, node.start(), tell);
      story.prepare(built.file());
      return story;
    } catch (IOException | InterruptedException | RuntimeException e) {
      node.close();
      provider.close();
      throw e;
    }
  }

  URI node() {
    return base;
  }

  private void prepare(Path file) throws IOException {
    exchange("POST", "/api/packages", BodyPublishers.ofFile(file), "application/octet-stream");
    ObjectNode desk = object().put("type", "ledger-quota:ledger-quota").put("party", "operator");
    desk.putObject("settings").put("provider", provider.url().toString());
    send("PUT", "/api/integrations/" + DESK, desk);
    send("POST", "/api/ledgers/local/parties", object().put("hint", "alice"));
    tell.accept(
        "a node runs at " + base + "; on it an operator's desk answers requests for ledgers, three for each user");
  }

  /** Plays it; true when every request got the ending it should. */
  boolean play() throws IOException, InterruptedException {
    deskDown();
    poison();
    providerDown();
    quota();
    verify();
    faults.forEach(fault -> tell.accept("  " + fault));
    return faults.isEmpty();
  }

  /** What came of it, in a line. */
  String summary() {
    long accepted = endings.values().stream().filter("accepted"::equals).count();
    long rejected = endings.values().stream().filter("rejected"::equals).count();
    return contracts.size() + " requests, " + accepted + " accepted, " + rejected
        + " rejected with a reason, none lost, " + MOST_TRIES + " workers dead, the node killed "
        + (kills == 1 ? "once" : kills + " times");
  }

  private void deskDown() {
    tell.accept("\nThe desk is down when the request is made");
    act("stop");
    ask("orders");
    tell.accept("  the desk is stopped; alice asks for the ledger orders, and nobody is there");
    act("start");
    tell.accept("  the desk starts again");
    end("orders", "accepted");
  }

  private void poison() {
    tell.accept("\nA request kills the process that works on it");
    ask(LedgerProvider.POISON);
    JsonNode poison = end(LedgerProvider.POISON, "quarantined");
    tell.accept("  each try was counted before it began: after " + poison.path("attempts").asInt()
        + " of them the request was set aside");
    tellDeaths();
    ask("minutes");
    tell.accept("  only the workers died, the node goes on: alice asks for the ledger minutes");
    end("minutes", "accepted");
    send("POST", "/api/requests/" + encoded(LedgerProvider.POISON) + "/reject",
        object().put("code", "NOT_POSSIBLE").put("message", "no ledger of that name can be made"));
    tell.accept("  the operator turns the request down by hand");
    end(LedgerProvider.POISON, "rejected");
  }

  /** What the operator is shown of each try: a process that really died, and its last words. */
  private void tellDeaths() {
    JsonNode errors = get("/api/requests/" + encoded(LedgerProvider.POISON)).path("errors");
    long deaths = errors.valueStream().map(error -> error.path("why").asString())
        .filter(why -> why.startsWith("the worker died")).count();
    errors.forEach(error -> tell
        .accept("  try " + error.path("attempt").asInt() + ": " + error.path("why").asString()));
    if (deaths != MOST_TRIES) {
      faults.add("a worker should have died " + MOST_TRIES + " times and died " + deaths);
    }
  }

  private void providerDown() throws IOException, InterruptedException {
    tell.accept("\nThe service behind the desk is down for a while, and the node is killed meanwhile");
    provider.down();
    ask("invoices");
    if (!provider.awaitRefusal()) {
      faults.add("the provider was not asked while it was down");
    }
    tell.accept("  alice asks for the ledger invoices; the provider answers 503, and the desk waits");
    node.kill();
    kills++;
    provider.up();
    tell.accept("  the node is killed (kill -9); the provider is back, and the node is started again");
    base = node.start();
    end("invoices", "accepted");
  }

  private void quota() {
    tell.accept("\nThe quota is used up");
    ask("one-too-many");
    ask("two-too-many");
    tell.accept("  alice has three ledgers, and asks for a fourth and a fifth at once");
    end("one-too-many", "rejected");
    end("two-too-many", "rejected");
  }

  private void act(String what) {
    send("POST", "/api/integrations/" + DESK + "/" + what, object());
  }

  private void ask(String name) {
    ObjectNode body = object().put("party", "alice").put("template", "Quota:LedgerRequest");
    body.putObject("payload").put("user", "alice").put("operator", "operator").put("name", name);
    contracts.put(name, send("POST", "/requests", body).path("contract").asString());
  }

  private String encoded(String name) {
    return URLEncoder.encode(Objects.requireNonNull(contracts.get(name)), StandardCharsets.UTF_8);
  }

  /** Waits for a request's ending, and says what it is. */
  private JsonNode end(String name, String wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode request = object().put("state", "unknown");
    String state = "unknown";
    boolean waits = true;
    while (waits && System.nanoTime() < deadline) {
      HttpResponse<String> answer = answer("GET", "/requests/" + encoded(name) + "?wait=5", BodyPublishers.noBody(),
          "application/json");
      if (answer.statusCode() == 200) {
        request = JsonMapper.shared().readTree(answer.body());
        state = request.path("state").asString();
      }
      waits = OPEN.contains(state) || (state.equals("quarantined") && !wanted.equals("quarantined"));
    }
    JsonNode reason = request.path("reason");
    tell.accept("  " + name + ": " + state + (reason.isMissingNode()
        ? ""
        : ", because " + reason.path("code").asString() + ": " + reason.path("message").asString()));
    if (!state.equals(wanted)) {
      faults.add(name + " should be " + wanted + " and is " + state);
    }
    endings.put(name, state);
    return request;
  }

  private void verify() {
    JsonNode known = get("/requests").path("requests");
    if (known.size() != contracts.size()) {
      faults.add(contracts.size() + " requests were made, and " + known.size() + " are known");
    }
    long promised = endings.values().stream().filter("accepted"::equals).count();
    if (provider.made() != promised) {
      faults.add(promised + " ledgers were promised, and the provider made " + provider.made());
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode get(String path) {
    return JsonMapper.shared().readTree(exchange("GET", path, BodyPublishers.noBody(), "application/json"));
  }

  private JsonNode send(String method, String path, JsonNode body) {
    return JsonMapper.shared()
        .readTree(exchange(method, path, BodyPublishers.ofString(body.toString()), "application/json"));
  }

  private String exchange(String method, String path, BodyPublisher body, String type) {
    HttpResponse<String> answer = answer(method, path, body, type);
    if (answer.statusCode() / 100 != 2) {
      throw new FairwayException(ErrorCode.PEER_FAILED,
          "the node answered " + answer.statusCode() + " to " + path + ": " + answer.body());
    }
    return answer.body();
  }

  private HttpResponse<String> answer(String method, String path, BodyPublisher body, String type) {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).header("Content-Type", type)
        .method(method, body).build();
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "no answer from the node at " + base, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.BUSY, "interrupted", e);
    }
  }

  @Override
  public void close() {
    node.close();
    provider.close();
  }
}
