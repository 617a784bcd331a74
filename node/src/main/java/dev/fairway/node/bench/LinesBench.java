package dev.fairway.node.bench;

import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows into a collection: from programs that print them, and from a source in this process. The programs are {@code cat},
 * which prints faster than any source, so that what is measured is what takes the rows in.
 */
final class LinesBench {
  private static final int ROUNDS = 3;

  private final Path home;
  private final BenchRows rows;
  private int folders;

  LinesBench(Path home, BenchRows rows) {
    this.home = home;
    this.rows = rows;
  }

  /** Against the bare pipe. {@code bound} tells whether the ratios of this size are bounded. */
  List<Figure> run(boolean bound, Optional<Path> target) throws Exception {
    Path airbyte = rows.airbyte(home.resolve("airbyte.jsonl"));
    Path singer = rows.singer(home.resolve("singer.jsonl"));
    capture(airbyte(airbyte), named("syncMode", "full_refresh"));
    capture(singer(singer), named("replication_method", "FULL_TABLE"));
    inProcess();
    List<Measured> pipe = new ArrayList<>();
    List<Measured> pipedAirbyte = new ArrayList<>();
    List<Measured> pipedSinger = new ArrayList<>();
    List<Measured> java = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      pipe.add(Measured.once(rows, () -> split(airbyte)));
      pipedAirbyte.add(capture(airbyte(airbyte), named("syncMode", "full_refresh")));
      pipedSinger.add(capture(singer(singer), named("replication_method", "FULL_TABLE")));
      java.add(inProcess());
    }
    Measured piped = Measured.median(pipedAirbyte);
    List<Figure> figures = new ArrayList<>(List.of(
        figure("Airbyte lines into a collection, against splitting the same pipe", piped, Measured.median(pipe),
            bound ? 0.4 : 0),
        figure("Singer lines into a collection, against splitting the same pipe", Measured.median(pipedSinger),
            Measured.median(pipe), bound ? 0.4 : 0),
        figure("a source in Java into a collection, against Airbyte lines", Measured.median(java), piped,
            bound ? 1.5 : 0)));
    if (target.isPresent()) {
      figures.add(figure("Singer lines into a collection, against " + target.get().getFileName(),
          Measured.median(pipedSinger), target(target.get()), bound ? 20 : 0));
    }
    Files.delete(airbyte);
    Files.delete(singer);
    return figures;
  }

  private Figure figure(String name, Measured measured, Measured baseline, double least) {
    return measured.against("%,d B rows: %s".formatted(rows.bytes(), name), baseline, least);
  }

  private static ObjectNode named(String member, String value) {
    return Json.object().put("stream", "rows").put(member, value);
  }

  private static ObjectNode airbyte(Path lines) {
    return BenchTasks.program("airbyte", """
        case "$1" in
        check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
        read) exec cat '%s';;
        esac""".formatted(lines));
  }

  private static ObjectNode singer(Path lines) {
    return BenchTasks.program("singer", "exec cat '" + lines + "'");
  }

  private Measured capture(ObjectNode endpoint, ObjectNode resource) throws Exception {
    try (BenchTasks tasks = tasks()) {
      FlowFile file = tasks.file(endpoint, resource, Json.object());
      Measured measured = Measured.once(rows, () -> tasks.capture(file));
      tasks.expect(rows);
      return measured;
    }
  }

  private Measured inProcess() throws Exception {
    try (BenchTasks tasks = tasks()) {
      FlowFile file = tasks.file(BenchTasks.none(), Json.object().put("stream", "rows"), Json.object());
      Measured measured = Measured.once(rows, () -> tasks.capture(file, new JavaCapture<>(new RowsCapture(rows))));
      tasks.expect(rows);
      return measured;
    }
  }

  private BenchTasks tasks() throws IOException {
    return new BenchTasks(Files.createDirectories(home.resolve("lines-" + folders++)));
  }

  /** The bare pipe: every line is found, and that is all. */
  private void split(Path file) throws IOException, InterruptedException {
    Process cat = new ProcessBuilder("cat", file.toString()).start();
    Lines lines = new Lines(cat.getInputStream(), Lines.FLOW_LIMIT);
    long found = 0;
    while (lines.next()) {
      found++;
    }
    cat.waitFor();
    if (found < rows.count()) {
      throw new FairwayException(ErrorCode.INVALID, "split " + found + " of " + rows.count() + " lines");
    }
  }

  /** A Singer target that writes the same lines into a file of its own, once: a Python program is slow enough. */
  private Measured target(Path program) throws Exception {
    BenchRows fewer = new BenchRows(rows.bytes(), Math.min(rows.count(), 100_000));
    Path lines = fewer.singer(home.resolve("target.jsonl"));
    Path out = Files.createDirectories(home.resolve("target-" + folders++));
    Path config = Files.writeString(home.resolve("target.json"),
        Json.text(Json.object().put("destination_path", out.toString())));
    Measured measured = Measured.once(fewer, () -> {
      Process target = new ProcessBuilder(program.toString(), "--config", config.toString())
          .redirectInput(lines.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD).start();
      if (!target.waitFor(10, TimeUnit.MINUTES) || target.exitValue() != 0) {
        target.destroyForcibly();
        throw new FairwayException(ErrorCode.PEER_FAILED, program + " did not take the rows within ten minutes");
      }
    });
    Files.delete(lines);
    return measured;
  }
}
