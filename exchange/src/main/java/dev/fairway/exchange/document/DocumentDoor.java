package dev.fairway.exchange.document;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.message.Jurisdictions;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Content;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Part;
import dev.fairway.web.Route;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Document API. Bodies, statuses and errors are those of the old API, faults excepted. */
public final class DocumentDoor {
  private static final int PAGE = 50;
  private static final int LONGEST_PAGE = 500;

  private final Documents documents;
  private final Jurisdictions jurisdictions;
  private final long limit;

  /** @param limit most bytes of a document */
  public DocumentDoor(Documents documents, Jurisdictions jurisdictions, long limit) {
    this.documents = documents;
    this.jurisdictions = jurisdictions;
    this.limit = limit;
  }

  public Door door() {
    return new Door("document", "/document-api", ErrorStyle.LEGACY, List.of(
        Route.get("", "Names the service").anyone().handle(call -> call.json(200, Map.of("service", "document"))),
        upload("/jurisdictions/{jurisdiction}", "Stores a document and lets a jurisdiction read it"),
        upload("/countries/{jurisdiction}", "The older name of /jurisdictions/{jurisdiction}"),
        Route.get("/{multihash}", "Reads a document").scope("igl.document.read")
            .query("as_jurisdiction", "whom the caller acts for; must agree with its credentials")
            .answers(200, "The bytes, or the range asked for", Documents.UNKNOWN_TYPE, Optional.empty())
            .handle(this::read),
        Route.get("/{multihash}/jurisdictions", "Lists who may read a document").scope("igl.document.write")
            .answers(200, "Their codes").handle(this::readers),
        Route.delete("/{multihash}/jurisdictions/{jurisdiction}", "Takes the right to read a document away")
            .scope("igl.document.write").answers(204, "Done").handle(this::withdraw)));
  }

  /** What an operator sees of all documents. */
  public Door catalogue() {
    return new Door("documents", "/api/documents", ErrorStyle.PROBLEM,
        List.of(Route.get("", "Lists documents, newest first").scope("igl.admin")
            .query("limit", "1 to " + LONGEST_PAGE + "; " + PAGE + " when absent")
            .query("cursor", "next_cursor of the last page").answers(200, "A page of documents").handle(this::list)));
  }

  private void list(Call call) throws IOException {
    int wanted = call.query("limit").map(DocumentDoor::pageSize).orElse(PAGE);
    Optional<StoredDocument> after = call.query("cursor").map(cursor -> Multihash.parse(cursor)
        .flatMap(documents::find).orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
            "cursor is not one this list gave; leave it out to begin anew")));
    List<StoredDocument> page = documents.list(after, wanted);
    ObjectNode answer = Json.object();
    ArrayNode items = answer.putArray("items");
    page.forEach(document -> items.addObject().put("multihash", document.multihash().toString())
        .put("bytes", document.bytes()).put("media_type", document.mediaType()).put("source", document.source())
        .put("stored_at", document.storedAt().toString()));
    answer.put("next_cursor", page.size() == wanted ? page.getLast().multihash().toString() : null);
    call.json(200, answer);
  }

  private static int pageSize(String text) {
    try {
      int size = Integer.parseInt(text);
      if (size >= 1 && size <= LONGEST_PAGE) {
        return size;
      }
    } catch (NumberFormatException e) {
      throw new FairwayException(ErrorCode.INVALID, "limit: \"" + text + "\" is not a whole number", e);
    }
    throw new FairwayException(ErrorCode.INVALID, "limit: " + text + " is out of range; give 1 to " + LONGEST_PAGE);
  }

  private Route upload(String path, String summary) {
    // Room for the boundaries and headers around the document.
    return Route.post(path, summary).scope("igl.document.write").consumes("multipart/form-data")
        .maxBody(limit + (64 << 10)).answers(200, "The document's multihash").handle(this::upload);
  }

  private void upload(Call call) throws Exception {
    Jurisdiction reader = jurisdiction(call.param("jurisdiction"));
    Upload upload = new Upload(reader, call.caller());
    call.multipart(upload);
    if (upload.files > 1) {
      throw new LegacyError(400, "TooManyFilesError", "Too many files. Only one file must be provided.",
          List.of(Map.of("files", upload.files)));
    }
    if (upload.stored == null) {
      throw new LegacyError(400, "NoInputFileError", "Received no input file", List.of());
    }
    call.json(200, Map.of("multihash", upload.stored.multihash().toString()));
  }

  /** Stores the first file as it arrives, and counts the others. */
  private final class Upload implements Part.Consumer {
    private final Jurisdiction reader;
    private final Caller caller;
    private int files;
    private @Nullable StoredDocument stored;

    private Upload(Jurisdiction reader, Caller caller) {
      this.reader = reader;
      this.caller = caller;
    }

    @Override
    public void accept(Part part) throws IOException {
      if (part.fileName().isEmpty()) {
        return;
      }
      files++;
      if (files > 1) {
        return;
      }
      PushbackInputStream bytes = new PushbackInputStream(part.body());
      int first = bytes.read();
      if (first >= 0) {
        bytes.unread(first);
        stored = documents.upload(bytes, Documents.mediaType(part.contentType()), limit, reader, caller.subject());
      }
    }
  }

  private void read(Call call) throws IOException {
    Multihash multihash = multihash(call);
    Optional<String> asked = call.query("as_jurisdiction");
    Optional<String> named = asked.or(() -> call.caller().jurisdiction());
    Jurisdiction reader = jurisdiction(named.orElse(""));
    call.caller().actingJurisdiction(asked);
    Documents.Open open = documents.read(multihash, reader, call.caller().subject()).orElseThrow(
        () -> LegacyError.generic(404, "Document with uri:" + multihash + " for jurisdiction:" + reader + " not found",
            List.of(Json.object().put("uri", multihash.toString()).put("jurisdiction", reader.code()))));
    // What a stranger uploaded must neither be guessed at nor run on our origin.
    call.with("X-Content-Type-Options", "nosniff").with("Content-Security-Policy", "default-src 'none'; sandbox")
        .content(new Content(open.bytes(), open.document().mediaType(), Optional.of(multihash.toString()),
            Optional.of(open.document().storedAt())));
  }

  private void readers(Call call) throws IOException {
    Multihash multihash = multihash(call);
    var codes = Json.array();
    documents.readers(multihash).forEach(reader -> codes.add(reader.code()));
    call.json(200, Json.object().set("jurisdictions", codes));
  }

  private void withdraw(Call call) {
    documents.withdraw(multihash(call), jurisdiction(call.param("jurisdiction")), call.caller().subject());
    call.empty(204);
  }

  private static Multihash multihash(Call call) {
    return Multihash.parse(call.param("multihash"))
        .orElseThrow(() -> new LegacyError(400, "InvalidURIError", "URI is not multihash", List.of()));
  }

  private Jurisdiction jurisdiction(String code) {
    try {
      return jurisdictions.parse(code);
    } catch (Jurisdictions.Unknown e) {
      throw new LegacyError(400, "BadJurisdictionNameError", "Received invalid/unknown jurisdiction name",
          List.of(e.text()));
    }
  }
}
