package dev.fairway.datatrust.http;

import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.Office;
import dev.fairway.datatrust.Step;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.identity.LogIn;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * The door of one market. Its paths, bodies, texts and error shapes are those of the Computable API, version 3; whoever holds
 * an account proves it here, so the node's own authentication is not asked.
 */
public final class CapiDoor {
  private final Deliveries.Parts parts;
  private final Deliveries deliveries;
  private final LogIn logIn;
  private final Tokens tokens;
  private final DatatrustConfig config;
  private volatile Optional<String> backendUrl = Optional.empty();

  public CapiDoor(Deliveries.Parts parts, Deliveries deliveries, LogIn logIn, Tokens tokens, DatatrustConfig config) {
    this.parts = parts;
    this.deliveries = deliveries;
    this.logIn = logIn;
    this.tokens = tokens;
    this.config = config;
  }

  /** @param prefix {@code /datatrust}, say */
  public Door door(String prefix) {
    Pages pages = new Pages(config.callers().origins());
    Pace pace = new Pace(config.callers(), tokens);
    List<Route> routes = new ArrayList<>();
    routes.add(Route.get("/status/", "Whether this is the market's datatrust, and its name").anyone()
        .answers(200, "how it is").handle(Wire.collection(this::status)));
    routes.add(Route.get("/market", "The market's chain and contracts, for wallets").anyone()
        .answers(200, "where they are").handle(Wire.item(this::market)));
    routes.addAll(new IdentityRoutes(parts.store(), logIn, tokens, config).routes());
    routes.addAll(new ListingRoutes(parts).routes());
    routes.add(new UploadRoute(parts, tokens, config).route());
    routes.addAll(new DeliveryRoutes(parts, deliveries, tokens, config).routes());
    routes.addAll(new TaskRoutes(parts.tasks(), parts.office()).routes());
    ObjectNode document = swagger(routes, prefix);
    routes.add(Route.get("/swagger.json", "This interface as a Swagger 2.0 document").anyone().unlisted()
        .handle(Wire.item(call -> Wire.json(call, 200, document))));
    new TreeSet<>(routes.stream().map(Route::path).toList()).forEach(path -> routes.add(
        Route.of("OPTIONS", path, "What a page of another origin may do").anyone().unlisted()
            .handle(pages::preflight)));
    return new Door(config.named("datatrust"), prefix, ErrorStyle.MESSAGE,
        routes.stream()
            .map(route -> route.handle(pages.sharing(isPaced(route) ? pace.keeping(route.handler()) : route.handler())))
            .toList());
  }

  /* Whoever balances load must learn the status, and a browser asks what a page may do without the page's token. */
  private static boolean isPaced(Route route) {
    return !route.method().equals("OPTIONS") && !route.path().equals("/status/");
  }

  /* Answers also while the chain cannot be reached, since whoever balances load asks here. */
  private void status(Call call) throws IOException {
    MarketIndex index = parts.index();
    Office office = parts.office();
    MarketReader chain = parts.chain();
    boolean reached;
    try {
      backendUrl = Optional.of(parts.steps().timed(Step.NAME, chain::backendUrl));
      reached = true;
    } catch (FairwayException | RpcException e) {
      reached = false;
    }
    ObjectNode body = Json.object().put("registered", parts.steps().timed(Step.OFFICE, office::isOurs)).put("url",
        backendUrl.orElse(""));
    body.putObject("chain").put("ok", reached && index.trouble().isEmpty()).put("head", index.position());
    Wire.json(call, 200, body);
  }

  private void market(Call call) throws IOException {
    ObjectNode body = Json.object().put("chain_id", parts.rpc().chainId()).put("dns_name", config.dnsName());
    ObjectNode contracts = body.putObject("contracts");
    config.contracts().byName().forEach((name, address) -> contracts.put(name, address.checksummed()));
    Wire.json(call, 200, body);
  }

  private static ObjectNode swagger(List<Route> routes, String prefix) {
    ObjectNode document = Json.object().put("swagger", "2.0").put("basePath", prefix.isEmpty() ? "/" : prefix);
    document.putObject("info").put("title", "Computable API").put("version", "3").put("description",
        "API as Datatrust template for the Computable Protocol");
    ObjectNode paths = document.putObject("paths");
    for (Route route : routes) {
      ObjectNode operation = paths.withObjectProperty(route.path())
          .withObjectProperty(route.method().toLowerCase(Locale.ROOT)).put("summary", route.summary());
      route.parameters().forEach(parameter -> operation.withArrayProperty("parameters").addObject()
          .put("name", parameter.name()).put("in", parameter.in()).put("description", parameter.description())
          .put("type", "string"));
      ObjectNode responses = operation.putObject("responses");
      route.responses().forEach(response -> responses.putObject(Integer.toString(response.status()))
          .put("description", response.description()));
    }
    return document;
  }
}
