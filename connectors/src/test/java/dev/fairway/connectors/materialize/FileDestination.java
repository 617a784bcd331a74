package dev.fairway.connectors.materialize;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Airbyte destination as a program of its own, which needs nothing but a JDK: a file a stream in a folder, with the
 * records' data. It misbehaves as its configuration says: {@code {"folder": …, "behave": "well"}}.
 */
final class FileDestination {
  private static final Pattern RECORD = Pattern
      .compile("\\{\"type\":\"RECORD\",\"record\":\\{\"stream\":\"(\\w+)\".*?\"data\":(\\{.*}),\"emitted_at\":\\d+}}");
  private static final Pattern KEY = Pattern.compile("\"n\":(\\d+)");
  private final Path folder;
  private final String catalog;
  private final Map<String, List<String>> pending = new LinkedHashMap<>();

  private FileDestination(Path folder, String catalog) {
    this.folder = folder;
    this.catalog = catalog;
  }

  public static void main(String[] args) throws IOException {
    if (args[0].equals("spec")) {
      say("{\"type\":\"SPEC\",\"spec\":{\"connectionSpecification\":{\"type\":\"object\",\"properties\":{\"folder\":{\"type\":"
          + "\"string\"},\"password\":{\"type\":\"string\",\"airbyte_secret\":true}}},"
          + "\"supported_destination_sync_modes\":[\"append\",\"overwrite\",\"append_dedup\"]}}");
      return;
    }
    String config = Files.readString(Path.of(args[2]));
    String behave = member(config, "behave");
    if (args[0].equals("check")) {
      say("{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":" + (behave.equals("refuse")
          ? "{\"status\":\"FAILED\",\"message\":\"the password is wrong\"}"
          : "{\"status\":\"SUCCEEDED\"}") + "}");
      return;
    }
    Path folder = Files.createDirectories(Path.of(member(config, "folder")));
    new FileDestination(folder, Files.readString(Path.of(args[4]))).write(behave);
  }

  private void write(String behave) throws IOException {
    Files.writeString(folder.resolve("catalogs"), catalog + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    List<String> echoes = new ArrayList<>();
    switch (behave) {
      case "leave" -> System.exit(0);
      case "garble" -> say("{\"type\":\"STATE\",\"state\":{");
      case "chatter" -> {
        say("Picked up some options");
        say("{ \"half\": ");
        say("{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"hello\"}}");
      }
      default -> {
        // The others begin as a good one does.
      }
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Files.writeString(folder.resolve("told"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      Matcher record = RECORD.matcher(line);
      if (record.matches()) {
        pending.computeIfAbsent(record.group(1), name -> new ArrayList<>()).add(record.group(2));
      } else if (line.startsWith("{\"type\":\"STATE\"") && !behave.equals("forget")) {
        echoes.add(line);
      }
    }
    store();
    if (behave.equals("die") && Files.notExists(folder.resolve("died"))) {
      Files.createFile(folder.resolve("died"));
      say("{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1.0,\"error\":{\"message\":\"the disk is on fire\","
          + "\"failure_type\":\"system_error\"}}}");
      System.exit(1);
    }
    echoes.forEach(FileDestination::say);
  }

  private void store() throws IOException {
    Matcher configured = Pattern.compile("\"name\":\"(\\w+)\".*?\"destination_sync_mode\":\"(\\w+)\"").matcher(catalog);
    while (configured.find()) {
      Path file = folder.resolve(configured.group(1) + ".jsonl");
      List<String> rows = new ArrayList<>();
      if (!configured.group(2).equals("overwrite") && Files.exists(file)) {
        rows.addAll(Files.readAllLines(file));
      }
      rows.addAll(pending.getOrDefault(configured.group(1), List.of()));
      Files.write(file, configured.group(2).equals("append_dedup") ? last(rows) : rows);
    }
  }

  private static List<String> last(List<String> rows) {
    Map<String, String> byKey = new LinkedHashMap<>();
    for (String row : rows) {
      Matcher key = KEY.matcher(row);
      byKey.put(key.find() ? key.group(1) : row, row);
    }
    return byKey.values().stream().filter(row -> !row.matches(".*\"_ab_cdc_deleted_at\":\"2.*")).toList();
  }

  private static String member(String json, String name) {
    Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return value.find() ? value.group(1) : "";
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
