package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.document.StoredDocument;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents the node holds, and who may read each. */
public final class DocumentsPage implements ConsolePage {
  private static final int ROWS = 100;

  private final Documents documents;
  private final InstantSource clock;

  public DocumentsPage(Documents documents, InstantSource clock) {
    this.documents = documents;
    this.clock = clock;
  }

  /** One line of the list. */
  public record Row(String multihash, String mediaType, String size, String source, Instant at, List<String> readers) {}

  /** The list. */
  public record Listing(List<Row> rows, Optional<String> next, Instant now) {}

  /** One document. */
  public record Shown(Row row, String sha256, String download, String guard, Instant now) {}

  @Override
  public String title() {
    return "Documents";
  }

  @Override
  public String path() {
    return "/documents";
  }

  @Override
  public List<String> follows() {
    return List.of("exchange.document");
  }

  @Override
  public Map<String, Act> acts() {
    return Map.of("withdraw", this::withdraw);
  }

  @Override
  public View show(Visit visit) {
    if (visit.item().isPresent()) {
      StoredDocument document = find(visit.item().get());
      String path = "/document-api/" + document.multihash();
      Shown shown = new Shown(row(document), document.blob().hex(), visit.link(path), visit.guard(), clock.instant());
      return new View("Document " + Wording.brief(document.multihash().toString()),
          Templates.of("document", Map.of("shown", shown)),
          visit.curl(path) + " -O");
    }
    Optional<StoredDocument> after = visit.asked("after").map(DocumentsPage::multihash).flatMap(documents::find);
    List<StoredDocument> found = documents.list(after, ROWS + 1);
    boolean more = found.size() > ROWS;
    List<StoredDocument> page = more ? found.subList(0, ROWS) : found;
    Listing listing = new Listing(page.stream().map(this::row).toList(),
        more ? Optional.of("/documents?after=" + page.getLast().multihash()) : Optional.empty(), clock.instant());
    return new View("Documents", Templates.of("documents", Map.of("listing", listing)),
        visit.curl("/api/documents?limit=" + ROWS));
  }

  private Notice withdraw(Visit visit) {
    StoredDocument document = find(visit.field("document"));
    Jurisdiction reader = new Jurisdiction(visit.field("reader"));
    boolean had = documents.withdraw(document.multihash(), reader, visit.caller().subject());
    return new Notice(had ? reader + " may no longer read it." : reader + " could not read it anyway.",
        "/documents/" + document.multihash());
  }

  private StoredDocument find(String name) {
    return documents.find(multihash(name))
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "there is no document " + name));
  }

  private static Multihash multihash(String name) {
    return Multihash.parse(name).orElseThrow(
        () -> new FairwayException(ErrorCode.NOT_FOUND, "\"" + name + "\" is not the name of a document"));
  }

  private Row row(StoredDocument document) {
    return new Row(document.multihash().toString(), document.mediaType(), Wording.bytes(document.bytes()),
        document.source(), document.storedAt(),
        documents.readers(document.multihash()).stream().map(Jurisdiction::code).toList());
  }
}
