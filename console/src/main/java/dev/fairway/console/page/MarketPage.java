package dev.fairway.console.page;

import dev.fairway.console.Absence;
import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.datatrust.Datatrust;
import dev.fairway.datatrust.delivery.Booking;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.TaskState;
import dev.fairway.evm.Hash;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A market's data: what was handed in, who got it, and what is under way on the chain. */
public final class MarketPage implements ConsolePage {
  /** Most lines in each list. */
  public static final int ROWS = 100;

  private final Datatrust datatrust;
  private final InstantSource clock;

  public MarketPage(Datatrust datatrust, InstantSource clock) {
    this.datatrust = datatrust;
    this.clock = clock;
  }

  /** What a node without a market says instead. */
  public static final Absence ABSENCE = new Absence("Datatrust", "/market",
      "This node holds no data for a market: its settings have no datatrust.", """
          datatrust:
            chain: { url: http://127.0.0.1:8545, chain-id: 31337 }
            contracts: { … }            # printed by: fairway datatrust market deploy
            dns-name: data.example.org
            operator-key: { file: operator.json }
            jwt-secret: { file: jwt.secret }
          """, "Then start the node again. fairway doctor says what is missing; docs/datatrust.md tells the rest.");

  /** Data handed in. */
  public record Data(String listing, String title, String owner, String state, Tone tone, String size, long sales,
      Instant at) {}

  /** Bytes given out. */
  public record Given(String delivery, String listing, String buyer, String bytes, String state, Tone tone,
      String reason,
      Instant at) {}

  /** Something under way. */
  public record Step(String id, String kind, String state, Tone tone, String text, Instant at) {}

  /** The page. */
  public record Listing(boolean ours, String account, String name, long block, String trouble, List<Data> data,
      List<Given> given, List<Step> steps, Instant now) {}

  @Override
  public String title() {
    return "Datatrust" + datatrust.config().further().map(name -> " " + name).orElse("");
  }

  @Override
  public String path() {
    return "/market" + datatrust.config().further().map(name -> "/" + name).orElse("");
  }

  @Override
  public List<String> follows() {
    return List.of("datatrust");
  }

  @Override
  public View show(Visit visit) {
    Listing listing = new Listing(datatrust.office().isOurs(), datatrust.office().account().checksummed(),
        datatrust.config().dnsName(), datatrust.index().position(), datatrust.trouble().orElse(""),
        datatrust.uploads().recent(ROWS).stream().map(this::data).toList(),
        datatrust.deliveries().recent(ROWS).stream().map(MarketPage::given).toList(),
        datatrust.tasks().recent(ROWS).stream().map(MarketPage::step).toList(), clock.instant());
    return new View(title(), Templates.of("market", Map.of("listing", listing)),
        visit.curl(datatrust.config().path("/api/datatrust") + "/uploads"));
  }

  private Data data(Upload upload) {
    Hash hash = upload.listing();
    boolean listed = datatrust.index().owner(hash).filter(upload.owner()::equals).isPresent();
    boolean voted = datatrust.index().applicant(hash).filter(upload.owner()::equals).isPresent();
    boolean damaged = datatrust.uploads().fault(upload).isPresent();
    return new Data(hash.hex(), upload.description().title(), upload.owner().checksummed(),
        damaged ? "damaged" : listed ? "listed" : voted ? "under vote" : "not in the market",
        damaged ? Tone.BAD : listed ? Tone.GOOD : voted ? Tone.BUSY : Tone.PLAIN, bytes(upload.object().size()),
        datatrust.index().sales(hash), upload.uploadedAt());
  }

  private static String bytes(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static Given given(Booking booking) {
    Tone tone = switch (booking.state()) {
      case BOOKED -> Tone.BUSY;
      case COUNTED -> Tone.GOOD;
      case VOID -> Tone.BAD;
    };
    return new Given(booking.delivery().hex(), booking.listing().hex(), booking.buyer().checksummed(),
        bytes(booking.size()),
        booking.state().name().toLowerCase(Locale.ROOT), tone, booking.reason().orElse(""), booking.bookedAt());
  }

  private static Step step(Task task) {
    Tone tone = task.state() == TaskState.CONFIRMED ? Tone.GOOD : task.state().last() ? Tone.BAD : Tone.BUSY;
    return new Step(task.id().toString(), task.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        task.state().name().toLowerCase(Locale.ROOT).replace('_', ' '), tone,
        task.reason().or(task::result).or(task::watched).orElse(""), task.changedAt());
  }
}
