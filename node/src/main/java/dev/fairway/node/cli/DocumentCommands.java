package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores and fetches documents. */
@Command(name = "document", description = "Store and fetch documents.", subcommands = {DocumentCommands.Put.class,
    DocumentCommands.Get.class, DocumentCommands.ListDocuments.class})
public final class DocumentCommands {
  @Command(name = "put", mixinStandardHelpOptions = true, description = "Store a document and let a jurisdiction read it; prints its multihash.", footer = {
      "", "Example:", "  fairway document put certificate.pdf --for SG"})
  static final class Put extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the document")
    Path file = Path.of("");
    @Option(names = "--for", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "who may read it besides us")
    String jurisdiction = "";
    @Option(names = "--type", description = "media type (default: guessed from the name)")
    String type = "";

    @Override
    public Integer call() throws IOException {
      String boundary = "fairway-" + UUID.randomUUID();
      HttpResponse<String> response = remote.exchange(
          remote.request("POST", "/document-api/jurisdictions/" + Remote.encode(jurisdiction),
              multipart(file, mediaType(), boundary),
              Map.of("Content-Type", "multipart/form-data; boundary=" + boundary)),
          BodyHandlers.ofString());
      var answer = remote.expect(Remote.Answer.of(response.statusCode(), response.body()));
      if (output.json) {
        output.object(out(), answer);
      } else {
        out().println(answer.path("multihash").asString());
      }
      return 0;
    }

    private String mediaType() throws IOException {
      return type.isEmpty()
          ? Optional.ofNullable(Files.probeContentType(file)).orElse("application/octet-stream")
          : type;
    }
  }

  static BodyPublisher multipart(Path file, String type, String boundary) {
    String head = "--" + boundary
        + "\r\nContent-Disposition: form-data; name=\"document\"; filename=\"document\"\r\nContent-Type: "
        + type + "\r\n\r\n";
    if (!Files.isRegularFile(file)) {
      throw new FairwayException(ErrorCode.INVALID,
          file + (Files.exists(file) ? " is not a file; a document is one file" : ": there is no such file"));
    }
    try {
      return BodyPublishers.concat(BodyPublishers.ofString(head), BodyPublishers.ofFile(file),
          BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.INVALID, "cannot read " + file + ": " + Why.inWords(e), e);
    }
  }

  @Command(name = "get", mixinStandardHelpOptions = true, description = "Fetch a document.", footer = {"", "Example:",
      "  fairway document get Qm… --as SG --output certificate.pdf"})
  static final class Get extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "MULTIHASH", description = "the document, as \"document put\" names it")
    String multihash = "";
    @Option(names = "--as", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "the jurisdiction we act for")
    String jurisdiction = "";
    @Option(names = {"-o",
        "--output"}, paramLabel = "FILE", description = "where to write it (default: standard output)")
    @Nullable
    Path target;

    @Override
    public Integer call() throws IOException {
      HttpResponse<InputStream> response = remote.exchange(remote.request("GET",
          "/document-api/" + Remote.encode(multihash) + "?as_jurisdiction=" + Remote.encode(jurisdiction),
          BodyPublishers.noBody(), Map.of()), BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          String text = new String(body.readNBytes(65_536), StandardCharsets.UTF_8);
          remote.expect(Remote.Answer.of(response.statusCode(), text));
        }
        if (target == null) {
          body.transferTo(System.out);
          System.out.flush();
        } else {
          Path part = target.resolveSibling(target.getFileName() + ".part");
          Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List stored documents, newest first.", footer = {
      "", "Example:", "  fairway document list --limit 10"})
  static final class ListDocuments extends FromNode implements Callable<Integer> {
    @Option(names = "--limit", defaultValue = "50", description = "at most so many, up to 500 (default: ${DEFAULT-VALUE})")
    int limit;

    @Override
    public Integer call() {
      return listed(remote.get("/api/documents?limit=" + limit).path("items"),
          "no documents",
          "multihash", "bytes", "media_type", "stored_at");
    }
  }
}
