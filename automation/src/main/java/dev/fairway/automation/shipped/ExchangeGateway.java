package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Trades at an exchange over its WebSocket: places an order for each contract of a template and tells the contract how it
 * went, cancels, and makes a contract of each report on one's orders. Speaks the trading and private-data API of Exberry.
 * An order is placed once; an exchange that cannot be reached is tried for a day.
 *
 * <p>The WebSocket is opened as the node's calls over HTTP are made: within its egress policy, limits and trust. The one for
 * orders is closed after a quiet minute, both when the integration stops.
 *
 * @see <a href="https://github.com/exberry-io/exchange-api-docs">Exberry, Exchange API</a>
 */
public final class ExchangeGateway implements Integration<ExchangeGateway.Settings> {
  /** More than fit into the day after which a delivery is too old, so that the day is the bound. */
  private static final int ATTEMPTS = 1_000;
  private static final Duration POSITION_KEPT = Duration.ofSeconds(2);

  /**
   * @param url of the WebSocket, {@code wss} but for this machine
   * @param orderTemplate has {@code instrument}, {@code side}, {@code orderType}, {@code timeInForce}, {@code quantity}, an
   * optional {@code price}, and the choices {@code OrderAccepted {orderId, mpOrderId}} and
   * {@code OrderRefused {errorCode, errorMessage}}
   * @param cancelTemplate has {@code mpOrderId}, {@code instrument}, and the choices {@code CancelAccepted} and
   * {@code CancelRefused} with the same arguments
   * @param reportTemplate what a report becomes
   * @param positionTemplate has {@code integrationParty}, {@code trackingNumber} and {@code seen}; where the reports go on
   */
  public record Settings(String url, String apiKey, Secret secret, String orderTemplate,
      Optional<String> cancelTemplate,
      String reportTemplate, String positionTemplate) {
    public Settings {
      URI address = parsed(url);
      boolean here = "127.0.0.1".equals(address.getHost()) || "localhost".equals(address.getHost());
      if (!("wss".equals(address.getScheme()) || (here && "ws".equals(address.getScheme())))) {
        throw new FairwayException(ErrorCode.INVALID, "url must begin with wss://, is " + url);
      }
      if (!apiKey.matches("[\\x21-\\x7e&&[^\"\\\\]]+")) {
        throw new FairwayException(ErrorCode.INVALID,
            "apiKey must be letters, digits and signs without quotes and spaces");
      }
    }

    URI address() {
      return parsed(url);
    }

    private static URI parsed(String url) {
      try {
        return URI.create(url);
      } catch (IllegalArgumentException e) {
        throw new FairwayException(ErrorCode.INVALID, "url must be a URL: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    var orders = new ExchangeOrders(env);
    events.onStop(orders::close);
    events.ledger().created(env.settings().orderTemplate()).attempts(ATTEMPTS).handle(orders::place);
    env.settings().cancelTemplate()
        .ifPresent(template -> events.ledger().created(template).attempts(ATTEMPTS).handle(orders::cancel));
    var reports = new ExchangeReports(env);
    events.task("reports", reports::follow);
    events.queue().messages(ExchangeReports.QUEUE, (report, attempt) -> reports.contract(report));
    events.time().every(POSITION_KEPT, "position", reports::keepPosition);
  }
}
