package dev.fairway.connectors.materialize;

import dev.fairway.connector.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.node.ObjectNode;

class LakeFolderTest extends ExactlyOnceContract {
  @Override
  ObjectNode config(int number) {
    return Json.object().put("location", dir.resolve("out" + number).toString());
  }

  @Override
  String image() {
    return "materialize-lake";
  }

  @Override
  ObjectNode resource() {
    return Json.object().put("folder", "rows");
  }

  @Override
  List<Integer> stored(int number) throws IOException {
    List<Integer> stored = new ArrayList<>();
    try (Stream<Path> files = Files.list(dir.resolve("out" + number).resolve("rows"))) {
      for (Path file : files.sorted().toList()) {
        stored.addAll(numbers(Files.newInputStream(file)));
      }
    }
    return stored;
  }

  /** The {@code n} of each line. */
  static List<Integer> numbers(InputStream compressed) throws IOException {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> Json.parse(line).path("n").asInt(0)).toList();
    }
  }
}
