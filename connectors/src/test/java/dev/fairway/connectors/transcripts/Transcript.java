package dev.fairway.connectors.transcripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** What two programs say to each other, by stream; {@code transcripts/README.md} says how it is written. */
final class Transcript {
  private final Map<String, List<Turn>> streams = new LinkedHashMap<>();

  private Transcript() {}

  /** A line, and who says it. */
  record Turn(boolean byConnector, String line) {}

  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Transcript.class.getResource("/transcripts/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Transcript read(String name, Path dir) throws IOException {
    Transcript transcript = new Transcript();
    List<Turn> stream = new ArrayList<>();
    for (String line : Files.readAllLines(file(name))) {
      if (line.startsWith("[")) {
        stream = new ArrayList<>();
        transcript.streams.put(line.substring(1, line.length() - 1), stream);
      } else if (line.startsWith("< ") || line.startsWith("> ")) {
        stream.add(new Turn(line.startsWith("<"), line.substring(2).replace("${dir}", dir.toString())));
      }
    }
    return transcript;
  }

  List<Turn> stream(String name) {
    return Objects.requireNonNull(streams.get(name), name);
  }

  /** Checks what a connector was told, stream after stream. */
  void assertTold(List<String> heard, String... names) {
    List<String> expected = new ArrayList<>();
    for (String name : names) {
      stream(name).stream().filter(turn -> !turn.byConnector()).forEach(turn -> expected.add(turn.line()));
    }
    assertThat(heard).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertSays(heard.get(i), expected.get(i));
    }
  }

  /** Checks that a line says what was expected: each member of that, or nothing where that is a default. */
  static void assertSays(String line, String expected) {
    assertThat(holds(Json.parse(line), Json.parse(expected))).as("expected %s%nbut was  %s", expected, line).isTrue();
  }

  private static boolean holds(JsonNode actual, JsonNode expected) {
    if (expected.isObject()) {
      return (actual.isObject() || (actual.isMissingNode() && expected.isEmpty()))
          && expected.properties().stream().allMatch(member -> holds(actual.path(member.getKey()), member.getValue()));
    }
    if (expected.isArray() && actual.size() == expected.size()) {
      for (int i = 0; i < expected.size(); i++) {
        if (!holds(actual.path(i), expected.path(i))) {
          return false;
        }
      }
      return true;
    }
    boolean normal = expected.isNull() || expected.asString("?").isEmpty() || expected.asString("").equals("0")
        || (expected.isBoolean() && !expected.booleanValue());
    return actual.equals(expected) || (actual.isMissingNode() && normal);
  }
}
