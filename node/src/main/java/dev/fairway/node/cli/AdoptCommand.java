package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Brings a node the data another service kept. Rows are read as Amazon DynamoDB gives them ("aws dynamodb scan", an export to S3)
 * or plain; objects are files named by their listing, as "aws s3 sync" leaves them.
 */
@Command(name = "adopt", mixinStandardHelpOptions = true, description = "Take over the data another service kept for this market.", footer = {
    "", "For example:", "  aws dynamodb scan --table-name listings > rows.json", "  aws s3 sync s3://bucket objects",
    "  fairway datatrust adopt --rows rows.json --objects objects", "",
    "Whose data they are, and which, is the chain's to say. Run again, it brings what is missing."})
final class AdoptCommand extends DatatrustCommands.Question implements Callable<Integer> {
  private static final Pattern HASH = Pattern.compile("0x[0-9a-f]{64}");
  private static final List<String> TEXTS = List.of("tx_hash", "title", "description", "license", "file_type",
      "md5_sum", "filename");

  @Option(names = "--rows", required = true, paramLabel = "FILE", description = "the rows, as JSON or JSON lines")
  Path rows = Path.of("");
  @Option(names = "--objects", required = true, paramLabel = "DIR", description = "the data, each in a file named by its listing's hash")
  Path objects = Path.of("");

  @Override
  public Integer call() throws IOException {
    ArrayNode table = Remote.JSON.createArrayNode();
    boolean all = true;
    for (JsonNode row : read(Files.readString(rows))) {
      String listing = text(row.path("listing_hash"));
      String state = HASH.matcher(listing).matches() ? bring(listing, row) : "refused: its listing_hash is no hash";
      all &= !state.startsWith("refused");
      table.addObject().put("listing", listing).put("state", state);
    }
    output.table(out(), table, "there are no rows", "listing", "state");
    return all ? 0 : 1;
  }

  private String bring(String listing, JsonNode row) {
    Path file = objects.resolve(listing);
    if (!Files.isRegularFile(file)) {
      return "refused: there is no file " + file;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    TEXTS.forEach(name -> fields.put(name, text(row.path(name))));
    fields.put("tags", text(row.path("tags")));
    String boundary = "fairway-" + UUID.randomUUID();
    Remote.Answer answer = remote.send("POST", api() + "/listings/" + listing + "/adopt",
        BodyPublishers.ofInputStream(() -> MultipartForm.of(boundary, fields, file)),
        Map.of("Content-Type", "multipart/form-data; boundary=" + boundary));
    return answer.ok()
        ? answer.body().path("state").asString("")
        : "refused: " + answer.body().path("detail").asString(answer.text());
  }

  /** Rows: the items of a scan, a list, or one to a line, with or without the word "Item" around each. */
  static List<JsonNode> read(String text) {
    List<JsonNode> found = new ArrayList<>();
    try {
      JsonNode whole = text.stripLeading().startsWith("[") || text.contains("\"Items\"")
          ? Remote.JSON.readTree(text)
          : Remote.JSON.createArrayNode();
      JsonNode items = whole.isArray() ? whole : whole.path("Items");
      items.forEach(found::add);
      if (whole.isArray() && whole.isEmpty()) {
        text.lines().filter(line -> !line.isBlank()).forEach(line -> found.add(Remote.JSON.readTree(line)));
      }
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID, "the rows are not JSON: " + e.getOriginalMessage(), e);
    }
    return found.stream().map(row -> row.path("Item").isObject() ? row.path("Item") : row).toList();
  }

  /** A value as text: plain, or with DynamoDB's word for its type around it; lists with commas between. */
  static String text(JsonNode value) {
    if (value.isObject() && value.size() == 1) {
      return text(value.iterator().next());
    }
    return value.isArray()
        ? value.valueStream().map(AdoptCommand::text).collect(Collectors.joining(","))
        : value.asString("");
  }
}
