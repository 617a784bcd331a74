package dev.fairway.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.core.ledger.Party;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.web.DevAuthenticator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser, as an operator uses it. */
class BrowserTest {
  private static final List<String> PAGES = List.of("/", "/messages", "/documents", "/channel", "/subscriptions",
      "/automation", "/automation/callers", "/request", "/work", "/dead", "/audit", "/journal");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  /** What lies past the right edge of the card it is in, and so is not seen; what scrolls or ends in dots may. */
  private static final String CUT_OFF = """
      [...document.querySelectorAll(".card *")].filter(e => !e.closest("pre, thead, .clip") &&
        e.getBoundingClientRect().right > e.closest(".card").getBoundingClientRect().right + 1).map(e => e.outerHTML)""";

  @TempDir
  private static Path folder;
  private static Playwright playwright;
  private static Browser browser;
  private static ConsoleNode node;
  private BrowserContext context;
  private Page page;
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  static void open() {
    // The machine may be busy with other builds; what is expected still ends the wait at once.
    PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
    node = new ConsoleNode(folder, new DevAuthenticator(), 0);
    node.installations.configure(new IntegrationConfig("callers", "ledger_event_log", new Party("clerk"),
        Map.of("historyBound", "16")), true, "olga");
    playwright = Playwright
        .create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(chromium())
        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update", "--disable-sync")));
  }

  private static Path chromium() {
    return List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome").stream().map(Path::of)
        .filter(Files::isExecutable).findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the console's tests need Chromium; install the chromium package"));
  }

  @AfterAll
  static void close() {
    playwright.close();
    node.close();
  }

  @BeforeEach
  void tab() {
    context = browser.newContext(new Browser.NewContextOptions().setBaseURL(node.server.baseUrl().toString())
        .setViewportSize(1600, 900).setTimezoneId("Pacific/Auckland")
        .setPermissions(List.of("clipboard-read", "clipboard-write")));
    page = context.newPage();
    page.setDefaultTimeout((double) PATIENCE.toMillis());
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") && !message.text().contains("404")) {
        complaints.add(message.text());
      }
    });
  }

  @AfterEach
  void noComplaints() {
    context.close();
    node.dead.discard(Filter.ALL, "a test that ends");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aMessageAppearsAndMovesOnByItself() throws Exception {
    page.navigate("/messages");
    assertThat(page.getByText("Live", new Page.GetByTextOptions().setExact(true))).isVisible();
    String ref = node.message("AU.abn1.by-itself");
    Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("AU.abn1.by-itself"));
    assertThat(row).isVisible();
    assertThat(row.getByText("confirmed")).isVisible();
    row.getByRole(AriaRole.LINK).click();
    assertThat(page).hasURL(node.server.baseUrl() + "/messages/" + ref);
    Locator journey = page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Journey"));
    assertThat(journey.getByRole(AriaRole.LISTITEM).first()).containsText("accepted");
    assertThat(journey.getByRole(AriaRole.LISTITEM).last()).containsText("confirmed");
  }

  @Test
  void aDeadLetterIsMendedByKeyboardAlone() {
    node.broken.set(true);
    node.parcel("nowhere");
    Awaitility.await().atMost(PATIENCE).until(() -> node.dead.count(Filter.ALL) == 1);
    page.navigate("/");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Dead letters")).first().focus();
    page.keyboard().press("Enter");
    page.locator("tbody a.row").first().focus();
    page.keyboard().press("Enter");
    Locator payload = page.getByLabel("Payload").last();
    payload.focus();
    page.keyboard().press("Control+A");
    page.keyboard().type("{\"address\":\"the harbour\"}");
    page.keyboard().press("Tab");
    page.keyboard().press("Enter");
    assertThat(page.getByText("Saved. Try it dry, or release it.")).isVisible();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Try dry")).press("Enter");
    assertThat(page.getByText("no road to the harbour").first()).isVisible();
    node.broken.set(false);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Release")).press("Enter");
    assertThat(page.getByText("Released; it runs again now.")).isVisible();
    Awaitility.await().atMost(PATIENCE).until(() -> node.dead.count(Filter.ALL) == 0);
  }

  @Test
  void aDeadLetterIsCountedBesideItsPageByItself() {
    page.navigate("/");
    assertThat(page.getByText("Live", new Page.GetByTextOptions().setExact(true))).isVisible();
    node.broken.set(true);
    node.parcel("nowhere");
    assertThat(page.getByLabel("1 waiting")).isVisible();
    node.dead.discard(Filter.ALL, "olga");
    assertThat(page.getByLabel("1 waiting")).hasCount(0);
  }

  @Test
  void theEntryOfThePageIsSeenOnAPhone() {
    page.setViewportSize(400, 900);
    page.navigate("/audit");
    assertThat(page.locator("nav [aria-current]"))
        .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
  }

  @Test
  void aTimeIsInTheReadersZoneAndItsUtcShowsOnHover() throws Exception {
    page.navigate("/documents/" + node.document("a dated bill", "SG"));
    Locator time = page.locator("dd time");
    assertThat(time).containsText(Pattern.compile("^\\d\\d:\\d\\d:\\d\\d (now|\\d+ (s|min) ago)$"));
    Instant stored = Instant.parse(time.getAttribute("datetime"));
    assertThat(time).containsText(LocalTime.ofInstant(stored, ZoneId.of("Pacific/Auckland")).toString());
    assertThat(time.getAttribute("title")).isEqualTo(Wording.stamp(stored));
  }

  @Test
  void aLongNameIsCopiedWhole() throws Exception {
    String name = node.document("a bill with a long name", "SG");
    page.navigate("/documents");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Copy " + name)).press("Enter");
    assertThat(page.getByText("Copied", new Page.GetByTextOptions().setExact(true))).hasCount(1);
    assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(name);
  }

  @Test
  void aNodeThatIsNotHeardIsSaidSoUntilItIsHeardAgain() {
    page.route("**/console/events*", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
    page.navigate("/");
    Locator lost = page.getByRole(AriaRole.ALERT);
    assertThat(lost).containsText("The node cannot be reached since");
    page.unroute("**/console/events*");
    assertThat(page.getByText("Live", new Page.GetByTextOptions().setExact(true))).isVisible();
    assertThat(lost).isHidden();
    complaints.removeIf(complaint -> complaint.contains("503"));
  }

  @Test
  void anEditInHandIsNotTakenAwayByAFreshPage() {
    node.broken.set(true);
    node.parcel("nowhere");
    Awaitility.await().atMost(PATIENCE).until(() -> node.dead.count(Filter.ALL) == 1);
    page.navigate("/dead/" + node.dead.list(Filter.ALL, 0, 1).getFirst().id());
    assertThat(page.evaluate("busy()")).isEqualTo(false);
    page.getByLabel("Payload").last().fill("{}");
    page.getByLabel("Payload").last().blur();
    assertThat(page.evaluate("busy()")).isEqualTo(true);
  }

  @Test
  void aSubscriptionIsEndedAfterBeingAskedTwice() throws Exception {
    node.subscribe("AU.abn1.browser");
    page.navigate("/subscriptions");
    Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("AU.abn1.browser"));
    Locator ask = row.getByText("End", new Locator.GetByTextOptions().setExact(true));
    ask.click();
    assertThat(row.getByText("Its callback is told.")).isVisible();
    page.keyboard().press("Escape");
    assertThat(row.getByText("Its callback is told.")).isHidden();
    assertThat(ask).isFocused();
    ask.click();
    row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("End it")).click();
    assertThat(page.getByText("The subscription has ended; its callback is told.")).isVisible();
    assertThat(row).hasCount(0);
    page.navigate("/audit");
    assertThat(page.getByText("subscription.end")).isVisible();
  }

  @Test
  void aChannelIsTakenOutOfUseAndAMessageTriedOnTheRulesSaysWhy() {
    Awaitility.await("no message of another test changes the page meanwhile").atMost(PATIENCE).until(
        () -> node.exchange.messages().underWay(Set.of()).stream().allMatch(messages -> messages.count() == 0));
    page.navigate("/channel");
    Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("shared database"));
    row.getByText("Maintenance", new Locator.GetByTextOptions().setExact(true)).press("Enter");
    page.getByLabel("Why, for colleagues").fill("moving house");
    page.getByLabel("Why, for colleagues").press("Enter");
    assertThat(page.getByText("shared is in maintenance: nothing goes over it")).isVisible();
    assertThat(row).containsText("moving house");
    page.getByLabel("To", new Page.GetByLabelOptions().setExact(true)).fill("SG");
    page.getByLabel("Predicate").fill("trade.declared");
    page.getByLabel("Predicate").press("Enter");
    assertThat(page.getByRole(AriaRole.STATUS).filter(new Locator.FilterOptions().setHasText("rule all takes it")))
        .containsText("and it waits: in maintenance: shared");
    assertThat(page.locator("details.curl code")).containsText("/api/routing/dry-run'");
    for (int width : new int[]{400, 1600}) {
      page.setViewportSize(width, 900);
      assertThat((List<?>) page.evaluate(CUT_OFF)).as("at " + width).isEmpty();
      look("channel", width);
    }
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Take shared back into use")).click();
    assertThat(page.getByText("shared is back in use.")).isVisible();
    assertThat(row.locator(".chip.good")).containsText("up");
  }

  @Test
  void anIntegrationIsStoppedAndStartedAndShowsWhatItDid() throws Exception {
    assertThat(node.get("/integrations/callers").statusCode()).isEqualTo(200);
    page.navigate("/automation");
    page.locator("tr", new Page.LocatorOptions().setHasText("callers")).getByRole(AriaRole.LINK).click();
    assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("Ledger Event Log")).last())
        .containsText("done");
    assertThat(page.getByText("historyBound")).isVisible();
    page.getByLabel("Log level, 0 to 50").fill("20");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Set")).click();
    assertThat(page.getByText("callers logs at 20 from now on.")).isVisible();
    page.getByText("Stop", new Page.GetByTextOptions().setExact(true)).click();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Stop it")).click();
    assertThat(page.getByText("callers is stopped.")).isVisible();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Start").setExact(true)).click();
    assertThat(page.locator(".lead .chip")).containsText("running");
    page.navigate("/audit");
    assertThat(page.getByText("integration.stopped")).isVisible();
  }

  @Test
  void aRequestThatWasSetAsideIsReadCorrectedAndTurnedDown() throws Exception {
    node.asking.berth("Esmeralda", "200 or so");
    page.navigate("/request");
    Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("quarantined"));
    assertThat(row).hasCount(1);
    row.getByRole(AriaRole.LINK).click();
    assertThat(page.locator("#payload + pre")).containsText("\"feet\" : \"200 or so\",\n  \"days\" : \"3\"");
    assertThat(page.getByText("For input string").first()).isVisible();
    for (int width : new int[]{400, 1600}) {
      page.setViewportSize(width, 900);
      assertThat((Integer) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
      look("request", width);
    }
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Try dry")).click();
    assertThat(page.getByText("Tried dry, nothing was sent.")).isVisible();
    page.getByText("Replace", new Page.GetByTextOptions().setExact(true)).click();
    page.getByLabel("Choice that makes another in its place").fill("Correct");
    page.getByLabel("Argument, as JSON").fill("{\"feet\": \"many\"}");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Replace it")).click();
    assertThat(page.getByText("Replaced; the other request takes its own way.")).isVisible();
    Locator other = page.locator("tr", new Page.LocatorOptions().setHasText("quarantined"));
    assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("REPLACED"))).hasCount(1);
    assertThat(other).hasCount(1);
    other.getByRole(AriaRole.LINK).click();
    assertThat(page.locator("#payload + pre")).containsText("\"feet\" : \"many\"");
    page.getByText("Reject", new Page.GetByTextOptions().setExact(true)).click();
    page.getByLabel("Code").fill("UNREADABLE");
    page.getByLabel("Message its requester reads").fill("say feet as a number");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Turn it down")).click();
    assertThat(page.locator(".lead")).containsText("UNREADABLE: say feet as a number");
    page.navigate("/audit");
    assertThat(page.getByText("request.reject").first()).isVisible();
  }

  @Test
  void aReadersRightToADocumentIsWithdrawnAfterBeingAskedTwice() throws Exception {
    page.setViewportSize(400, 900);
    page.navigate("/documents/" + node.document("a bill of lading", "SG"));
    Locator readers = page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Who may read it"));
    readers.getByText("Withdraw", new Locator.GetByTextOptions().setExact(true)).first().click();
    readers.locator("form").scrollIntoViewIfNeeded();
    assertThat(readers.locator("form")).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(0.95));
    readers.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Withdraw")).click();
    assertThat(page.getByText("SG may no longer read it.")).isVisible();
    assertThat(readers.getByText("No other jurisdiction may.")).isVisible();
  }

  @Test
  void nothingSticksOutOnAPhoneNorOnAWideScreen() throws Exception {
    node.broken.set(true);
    node.message("AU.abn1." + "long-name-".repeat(20));
    node.parcel("street " + "of a long name ".repeat(20));
    Awaitility.await().atMost(PATIENCE).until(() -> node.dead.count(Filter.ALL) > 0);
    for (int width : new int[]{400, 1000, 1600}) {
      page.setViewportSize(width, 900);
      for (String path : PAGES) {
        page.navigate(path);
        assertThat((Integer) page.evaluate("document.documentElement.scrollWidth")).as(path + " at " + width)
            .isLessThanOrEqualTo(width);
        assertThat((List<?>) page.evaluate(CUT_OFF)).as(path + " at " + width).isEmpty();
      }
    }
  }

  @Test
  void textStandsOutFromItsGroundInLightAndDark() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      page.navigate("/");
      for (String selector : List.of("h1", ".lead", ".figure small", "nav a", "time")) {
        if (page.locator(selector).count() > 0) {
          assertThat((Double) contrast(selector)).as(selector + " " + scheme).isGreaterThanOrEqualTo(4.5);
        }
      }
    }
  }

  /** Takes a picture in light and dark, for who wants to see it: {@code -Dpictures=FOLDER}. */
  private void look(String name, int width) {
    String folder = System.getProperty("pictures");
    if (folder != null) {
      for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        String file = name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png";
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(folder, file)).setFullPage(true));
      }
    }
  }

  /** The contrast ratio of WCAG 2.2 between an element's text and the first opaque ground behind it. */
  private Object contrast(String selector) {
    return page.locator(selector).first().evaluate(
        """
            e => {
              const rgb = c => c.match(/[\\d.]+/g).map(Number);
              const lum = c => { const f = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
                return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); };
              let g = e;
              while (g && (rgb(getComputedStyle(g).backgroundColor)[3] ?? 1) === 0) g = g.parentElement;
              const a = lum(rgb(getComputedStyle(e).color)), b = lum(rgb(getComputedStyle(g ?? document.body).backgroundColor));
              return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) + 1e-9;
            }""");
  }

  @Test
  void everythingThatCanBePressedHasAName() {
    for (String path : PAGES) {
      page.navigate(path);
      Object nameless = page.evaluate("""
          [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")].filter(e =>
            !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map(e => e.outerHTML)""");
      assertThat((List<?>) nameless).as(path).isEmpty();
      assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))).hasCount(1);
      assertThat(page.locator("details.curl code")).containsText("curl '" + node.server.baseUrl());
    }
  }
}
