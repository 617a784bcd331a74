package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Brings the price of bitcoin in a currency to the ledger: once for each request contract, and again and again for each
 * oracle contract. The service answers as CoinDesk's price index did:
 * {@code {"time": {"updatedISO": …}, "bpi": {"USD": {"rate_float": …}}}}.
 */
public final class PricePoller implements Integration<PricePoller.Settings> {
  private static final String CODE = "{code}";
  /** What a request is told when the service was not asked. */
  private static final int NOT_ASKED = -1;
  private static final int ATTEMPTS = 5;
  /** Digits after the point of Daml's Decimal. */
  private static final int SCALE = 10;

  /**
   * @param url where the price is, with <code>{code}</code> for the currency
   * @param requestTemplate has {@code currencyCode}, and the choices {@code PriceRequest_RespondSuccess} and
   * {@code PriceRequest_RespondFailure}
   * @param oracleTemplate has {@code currencyCode}, and the choice {@code CurrentPriceOracleUpdater_Update}
   * @param interval seconds from one update of the oracles to the next
   */
  public record Settings(String url, Optional<String> requestTemplate, Optional<String> oracleTemplate,
      long interval) {
    public Settings {
      if (!url.contains(CODE)) {
        throw new FairwayException(ErrorCode.INVALID, "url must contain " + CODE + ", is " + url);
      }
      if (requestTemplate.isEmpty() && oracleTemplate.isEmpty()) {
        throw new FairwayException(ErrorCode.INVALID, "requestTemplate, oracleTemplate or both are needed");
      }
      if (interval < 1) {
        throw new FairwayException(ErrorCode.INVALID, "interval must be at least 1, is " + interval);
      }
    }
  }

  private record Price(Instant updatedAt, BigDecimal rate) {
    LedgerValue.Struct argument() {
      return LedgerValue.struct("updatedAt", LedgerValue.timestamp(updatedAt), "rate",
          LedgerValue.numeric(rate.setScale(SCALE, RoundingMode.HALF_UP)));
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    env.settings().requestTemplate().ifPresent(template -> events.ledger().created(template).concurrency(4)
        .attempts(ATTEMPTS).handle(event -> Response.commands(answer(env, event.contract(), event.attempt()))));
    env.settings().oracleTemplate().ifPresent(template -> events.time()
        .every(Duration.ofSeconds(env.settings().interval()), "prices", () -> update(env, env.active(template))));
  }

  private static Command answer(Environment<Settings> env, Contract request, Attempt attempt)
      throws IOException, InterruptedException {
    String code = request.payload().text("currencyCode");
    if (!isCode(code)) {
      return failure(request, NOT_ASKED, "a currency code has three letters, not \"" + code + "\"");
    }
    Answered answered = ask(env, code);
    boolean passing = answered.status() >= 500 || answered.status() == 429;
    if (passing && attempt.number() < ATTEMPTS) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the price service answered " + answered.status());
    }
    return price(answered, code)
        .map(price -> Command.exercise(request, "PriceRequest_RespondSuccess", price.argument()))
        .orElseGet(() -> failure(request, answered.status(), answered.text()));
  }

  private static Command failure(Contract request, int status, String body) {
    return Command.exercise(request, "PriceRequest_RespondFailure", LedgerValue.struct("httpStatusCode",
        LedgerValue.int64(status), "httpResponseBody", LedgerValue.text(body)));
  }

  /* Each currency is asked for once; what cannot be had now is tried again at the next tick. */
  private static Response update(Environment<Settings> env, List<Contract> oracles) throws InterruptedException {
    Map<String, Optional<Price>> prices = new HashMap<>();
    List<Command> updates = new ArrayList<>();
    for (Contract oracle : oracles) {
      String code = oracle.payload().text("currencyCode");
      Optional<Price> known = prices.get(code);
      Optional<Price> current = known == null ? current(env, code) : known;
      prices.put(code, current);
      current.ifPresent(
          price -> updates.add(Command.exercise(oracle, "CurrentPriceOracleUpdater_Update", price.argument())));
    }
    return new Response(updates);
  }

  private static Optional<Price> current(Environment<Settings> env, String code) throws InterruptedException {
    if (!isCode(code)) {
      env.log().warn("a currency code has three letters code={}", code);
      return Optional.empty();
    }
    try {
      Answered answered = ask(env, code);
      Optional<Price> price = price(answered, code);
      if (price.isEmpty()) {
        env.log().warn("no price code={} status={}", code, answered.status());
      }
      return price;
    } catch (IOException e) {
      env.log().warn("no price code={} why={}", code, e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isCode(String text) {
    return text.matches("[A-Za-z]{3}");
  }

  private static Answered ask(Environment<Settings> env, String code) throws IOException, InterruptedException {
    return env.http()
        .send(OutsideCall.get(URI.create(env.settings().url().replace(CODE, code.toUpperCase(Locale.ROOT)))));
  }

  private static Optional<Price> price(Answered answered, String code) {
    if (!answered.ok()) {
      return Optional.empty();
    }
    try {
      JsonNode body = Json.parse(answered.body());
      JsonNode rate = body.path("bpi").path(code.toUpperCase(Locale.ROOT)).path("rate_float");
      return rate.isNumber()
          ? Optional.of(new Price(OffsetDateTime.parse(body.path("time").path("updatedISO").asString("")).toInstant(),
              rate.decimalValue()))
          : Optional.empty();
    } catch (FairwayException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
