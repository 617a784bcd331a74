package dev.fairway.node.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rows of several sizes into collections and out of them. */
@Command(name = "connectors", mixinStandardHelpOptions = true, description = "Rows into collections, against the bare pipe they come by and a Singer target; into PostgreSQL and out of it, against psql; and the memory a stalled destination takes.", footer = {
    "", "Example:", "  fairway bench connectors"})
final class ConnectorsCommand extends BenchCommand.Measuring {
  /** The size whose ratios are bounded. */
  private static final int BOUNDED = 1_000;
  private static final int LARGE = 20_000;

  @Option(names = "--sizes", split = ",", defaultValue = "100,1000,20000", paramLabel = "BYTES", description = "of a row (default: ${DEFAULT-VALUE})")
  List<Integer> sizes = List.of();
  @Option(names = "--mebibytes", defaultValue = "256", description = "how much each measurement moves (default: ${DEFAULT-VALUE})")
  int mebibytes;
  @Option(names = "--target", paramLabel = "FILE", description = "a Singer target to be held against, such as venv/bin/target-jsonl")
  Optional<Path> target = Optional.empty();
  @Option(names = "--postgres", paramLabel = "URL", description = "measure with this database too, jdbc:postgresql://…?user=…; its wal_level must be logical, its user may make databases, and psql is on the PATH")
  Optional<String> postgres = Optional.empty();

  @Override
  List<Figure> measure(Path home) throws Exception {
    PrintWriter progress = progress();
    if (target.isEmpty()) {
      progress.println("no figure against a Singer target: name one by --target");
    }
    if (postgres.isEmpty()) {
      progress.println("no figures of PostgreSQL: name a database by --postgres");
    }
    List<Figure> figures = new ArrayList<>();
    for (int size : sizes) {
      BenchRows rows = BenchRows.of(size, mebibytes);
      add(figures, new LinesBench(home, rows).run(size == BOUNDED, target), progress);
      if (postgres.isPresent()) {
        try (PostgresBench database = new PostgresBench(home, rows, postgres.get())) {
          add(figures, database.run(size == BOUNDED), progress);
        }
      }
    }
    add(figures, List.of(new StalledBench(home, BenchRows.of(LARGE, mebibytes)).run()), progress);
    return figures;
  }

  private static void add(List<Figure> figures, List<Figure> more, PrintWriter progress) {
    more.forEach(progress::println);
    progress.flush();
    figures.addAll(more);
  }
}
