package dev.fairway.console;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.web.Authenticator;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.EventSink;
import dev.fairway.web.Form;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Problem;
import dev.fairway.web.Route;
import gg.jte.Content;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console of one node: a door at {@code /} that serves pages for people. Whoever may use it has a token with the
 * scope {@value #SCOPE}, given once on the sign-in page and kept in a cookie; the development profile asks for none.
 */
public final class Console {
  public static final String SCOPE = "fairway.console";

  private static final Logger LOG = LoggerFactory.getLogger(Console.class);
  private static final String NOTHING = "Nothing is here";
  private static final String TOKEN = "fairway-token";
  private static final String NOTICE = "fairway-notice";
  private static final Duration BEAT = Duration.ofSeconds(15);
  /** How soon an open page lets go of a server that drains. */
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final String POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
      + "frame-ancestors 'none'; object-src 'none'";

  private final String name;
  private final List<ConsolePage> pages;
  private final List<Absence> absences;
  private final Journal journal;
  private final Authenticator authenticator;
  private final Guard guard = new Guard();
  private final Assets assets = new Assets();

  /**
   * @param name of the node, for the head of every page: {@code AU}
   * @param pages in the order of the navigation; one of them is at {@code /}
   * @param absences pages that are not among them, and why
   */
  public Console(String name, List<ConsolePage> pages, List<Absence> absences, Journal journal,
      Authenticator authenticator) {
    this.name = name;
    this.pages = List.copyOf(pages);
    this.absences = List.copyOf(absences);
    this.journal = journal;
    this.authenticator = authenticator;
  }

  /** An entry of the navigation. */
  public record Entry(String title, String path, boolean here, long badge) {}

  /** Where in the console a page is: its path, and which changes concern it. */
  private record Place(String path, List<String> follows) {
    static final Place NOWHERE = new Place("", List.of());

    static Place of(ConsolePage page) {
      return new Place(page.path(), page.follows());
    }
  }

  /** What the frame around a page needs. */
  public record Frame(String node, List<Entry> entries, View view, Optional<String> notice, boolean failed,
      long offset, String follows, String version) {}

  public Door door() {
    List<Route> routes = new ArrayList<>();
    for (ConsolePage page : pages) {
      String path = page.path().equals("/") ? "" : page.path();
      routes.add(look(path, page));
      if (!path.isEmpty()) {
        routes.add(look(path + "/{item}", page));
      }
      page.acts().forEach((act, what) -> routes.add(Route.post(path + "/act/" + act, page.title() + ": " + act)
          .anyone().unlisted().consumes("application/x-www-form-urlencoded").maxBody(2 << 20)
          .handle(call -> act(call, page, what))));
    }
    routes.add(Route.get("/console/events", "Tells an open page that something changed").anyone().unlisted()
        .handle(this::events));
    routes.add(Route.get("/console/sign-in", "Asks for a token").anyone().unlisted()
        .handle(call -> signInPage(call, Optional.empty())));
    routes.add(Route.post("/console/sign-in", "Takes a token").anyone().unlisted()
        .consumes("application/x-www-form-urlencoded").handle(this::signIn));
    routes.add(Route.get("/console/assets/{name}", "Styles and scripts").anyone().unlisted().handle(assets::serve));
    return new Door("console", "", ErrorStyle.PROBLEM, routes).withSignpost(this::nowhere);
  }

  private Route look(String path, ConsolePage page) {
    return Route.get(path, page.title()).anyone().unlisted().handle(call -> look(call, page));
  }

  private void look(Call call, ConsolePage page) throws Exception {
    Optional<Caller> caller = admitted(call);
    if (caller.isEmpty()) {
      call.with("Location", "/console/sign-in").empty(303);
      return;
    }
    Visit visit = visit(call, caller.get(), page, new Form(Map.of()));
    long offset = journal.end();
    try {
      answer(call, 200, Place.of(page), page.show(visit), offset, false);
    } catch (FairwayException | Problem | LegacyError e) {
      boolean missing = e instanceof FairwayException f && f.code() == ErrorCode.NOT_FOUND;
      String title = missing ? NOTHING : "That did not work";
      View view = new View(title, Templates.of("trouble",
          Map.of("title", title, "text", String.valueOf(e.getMessage()), "back", page.path())), "");
      answer(call, missing ? 404 : 400, Place.of(page), view, offset, true);
    }
  }

  /** Tells a person who asks for a page that is not here what would bring it, if anything. */
  private void nowhere(Call call) throws IOException {
    if (admitted(call).isEmpty()) {
      call.with("Location", "/console/sign-in").empty(303);
      return;
    }
    Optional<Absence> absence = absences.stream().filter(a -> a.covers(call.path())).findFirst();
    View view = new View(absence.map(a -> a.title() + " is not switched on").orElse(NOTHING),
        Templates.of("nowhere", Map.of("title", NOTHING, "path", call.path(), "absence", absence)), "");
    answer(call, 404, Place.NOWHERE, view, journal.end(), true);
  }

  private void act(Call call, ConsolePage page, ConsolePage.Act act) throws Exception {
    Optional<Caller> caller = admitted(call);
    if (caller.isEmpty()) {
      call.with("Location", "/console/sign-in").empty(303);
      return;
    }
    Form form = call.form();
    guard.check(call, form.get("guard"));
    String goTo = page.path();
    String text;
    try {
      ConsolePage.Notice notice = act.run(visit(call, caller.get(), page, form));
      goTo = notice.goTo();
      text = "+" + notice.text();
    } catch (FairwayException e) {
      goTo = form.get("back").filter(path -> path.startsWith("/") && !path.startsWith("//")).orElse(goTo);
      text = "-" + e.getMessage();
    }
    LOG.info("console act actor={} page={} result={}", caller.get().subject(), page.path(), text.charAt(0));
    String brief = text.length() > 600 ? text.substring(0, 600) + "…" : text;
    Cookies.set(call, NOTICE, URLEncoder.encode(brief, StandardCharsets.UTF_8));
    call.with("Location", goTo).empty(303);
  }

  private Visit visit(Call call, Caller caller, ConsolePage page, Form form) {
    boolean below = form.fields().isEmpty() && call.path().length() > page.path().length()
        && !page.path().equals("/");
    Optional<String> item = below ? Optional.of(call.param("item")) : Optional.empty();
    return new Visit(caller, item, call.query(), form, call.baseUrl(), call::baseUrl, guard.field(call));
  }

  private void answer(Call call, int status, Place place, View view, long offset, boolean failed)
      throws IOException {
    Optional<String> notice = Cookies.get(call, NOTICE).filter(text -> !text.isEmpty())
        .map(text -> URLDecoder.decode(text, StandardCharsets.UTF_8));
    if (notice.isPresent()) {
      Cookies.clear(call, NOTICE);
    }
    List<Entry> entries = pages.stream()
        .map(other -> new Entry(other.title(), other.path(), other.path().equals(place.path()), badge(other))).toList();
    Frame frame = new Frame(name, entries, view, notice.map(text -> text.substring(1)),
        failed || notice.filter(text -> text.startsWith("-")).isPresent(), offset, String.join(" ", place.follows()),
        assets.version());
    html(call, status, Templates.of("frame", Map.of("frame", frame)));
  }

  private static long badge(ConsolePage page) {
    try {
      return page.badge();
    } catch (FairwayException e) {
      // The page itself will say what is wrong; the others shall still be seen.
      LOG.warn("no badge page={} why={}", page.path(), e.getMessage());
      return 0;
    }
  }

  private static void html(Call call, int status, Content content) throws IOException {
    call.with("Content-Security-Policy", POLICY).with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "same-origin").with("Cache-Control", "no-store")
        .text(status, "text/html; charset=utf-8", Templates.text(content));
  }

  /** The caller if they may be here. */
  private Optional<Caller> admitted(Call call) {
    Caller caller = call.caller();
    if (!caller.known()) {
      Optional<String> token = Cookies.get(call, TOKEN);
      try {
        caller = token.isPresent()
            ? authenticator.identify(Optional.of("Bearer " + token.get()))
            : Caller.ANONYMOUS;
      } catch (FairwayException e) {
        return Optional.empty();
      }
    }
    return Optional.of(caller).filter(known -> known.known() && known.may(SCOPE));
  }

  private void signInPage(Call call, Optional<String> trouble) throws IOException {
    html(call, trouble.isPresent() ? 401 : 200, Templates.of("signin",
        Map.of("node", name, "trouble", trouble.orElse(""), "guard", guard.field(call), "version", assets.version())));
  }

  private void signIn(Call call) throws IOException {
    Form form = call.form();
    guard.check(call, form.get("guard"));
    String token = form.get("token").orElse("").strip();
    try {
      Caller caller = authenticator.identify(Optional.of("Bearer " + token));
      if (!caller.may(SCOPE)) {
        signInPage(call, Optional.of("the token lacks the scope " + SCOPE));
        return;
      }
      Cookies.set(call, TOKEN, token.replaceAll("[^A-Za-z0-9._-]", ""));
      call.with("Location", "/").empty(303);
    } catch (FairwayException e) {
      signInPage(call, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private void events(Call call) throws Exception {
    if (admitted(call).isEmpty()) {
      throw new FairwayException(ErrorCode.UNAUTHENTICATED, "sign in first");
    }
    long from = call.header("Last-Event-ID").or(() -> call.query("after")).flatMap(Console::number)
        .orElseGet(journal::end);
    call.events(sink -> follow(sink, from));
  }

  private static Optional<Long> number(String text) {
    return text.matches("\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  private void follow(EventSink sink, long from) throws IOException, InterruptedException {
    long after = Math.min(from, journal.end());
    sink.beat();
    long beaten = System.nanoTime();
    while (sink.open()) {
      if (!journal.await(after, LOOK)) {
        if (System.nanoTime() - beaten >= BEAT.toNanos()) {
          sink.beat();
          beaten = System.nanoTime();
        }
        continue;
      }
      List<Event> events = next(after);
      after = events.isEmpty() ? journal.end() : events.getLast().offset();
      TreeSet<String> types = new TreeSet<>();
      events.forEach(event -> types.add(event.type()));
      sink.send(Long.toString(after), "change", String.join(" ", types));
    }
  }

  private List<Event> next(long after) {
    try {
      return journal.read(after, 1_000);
    } catch (FairwayException e) {
      // Retention has taken what was not yet told; the page is shown anew as a whole, so nothing is missed.
      return List.of();
    }
  }
}
