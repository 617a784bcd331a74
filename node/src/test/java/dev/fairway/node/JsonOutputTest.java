package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** A command that takes {@code --json} prints one JSON document and nothing else; one that has none to print refuses it. */
class JsonOutputTest {
  /** An answer that says yes to everything that the commands look for. */
  private static final byte[] YES = """
      {"items": [], "state": "accepted", "status": "SUCCESS", "ok": true, "tasks": ["1"], "count": 1, "id": "x",
       "contract": "00ab", "party": "alice", "candidate": "0x01", "multihash": "Qm", "requests": [], "journal": []}
      """.getBytes(StandardCharsets.UTF_8);

  @TempDir
  private static Path folder;
  private static HttpServer node;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(folder.resolve("file"), "[]");
    node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext("/", exchange -> {
      try (exchange) {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.sendResponseHeaders(200, YES.length);
        exchange.getResponseBody().write(YES);
      }
    });
    node.start();
  }

  @AfterAll
  static void stop() {
    node.stop(0);
  }

  private static Stream<CommandSpec> withAll(CommandSpec command) {
    return Stream.concat(Stream.of(command),
        command.subcommands().values().stream().flatMap(sub -> withAll(sub.getCommandSpec())));
  }

  /** The commands that ask a node and nobody else, and are told how to answer. */
  private static List<CommandSpec> commands() {
    return withAll(Main.commandLine().getCommandSpec())
        .filter(command -> command.findOption("--json") != null && command.findOption("--node") != null
            && command.findOption("--chain") == null)
        .toList();
  }

  private static String sample(ArgSpec asked) {
    if (asked.type() == Path.class) {
      return folder.resolve(asked.paramLabel().equals("DIR") ? "" : "file").toString();
    }
    return switch (asked.paramLabel()) {
      case "CC" -> "SG";
      case "JSON" -> "{}";
      case "LEVEL" -> "20";
      case "accepted|rejected" -> "accepted";
      default -> "x";
    };
  }

  private static String[] call(CommandSpec command) {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName(" ").split(" ")));
    words.removeFirst();
    command.positionalParameters().forEach(asked -> words.add(sample(asked)));
    command.options().stream().filter(option -> option.required() || option.longestName().equals("--party"))
        .forEach(asked -> words.addAll(List.of(asked.longestName(), sample(asked))));
    words.addAll(List.of("--json", "--node", "http://127.0.0.1:" + node.getAddress().getPort()));
    return words.toArray(String[]::new);
  }

  private static boolean isJson(String text) {
    try {
      return Json.parse(text).isContainer();
    } catch (FairwayException e) {
      return false;
    }
  }

  @Test
  void aCommandThatIsAskedForJsonPrintsNothingElse() {
    Map<String, String> other = new TreeMap<>();
    for (CommandSpec command : commands()) {
      String[] call = call(command);
      Ran ran = Ran.fairway(call);
      if (!isJson(ran.out())) {
        other.put(String.join(" ", call), ran.code() + " " + ran.out() + ran.err());
      }
    }
    assertThat(other).isEmpty();
    assertThat(commands()).as("commands that were tried").hasSizeGreaterThan(40);
  }
}
