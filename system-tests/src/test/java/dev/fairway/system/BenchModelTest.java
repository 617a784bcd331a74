package dev.fairway.system;

import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.UNIT;
import static dev.fairway.daml.dar.DarWriter.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.daml.dar.DarReader;
import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.source.Source.Expr;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The templates that {@code fairway bench automation} gives to a Daml ledger, and that the DAR it ships is made of them.
 * {@code -Dbench.dar=FILE} writes it.
 */
class BenchModelTest {
  private static DarWriter model() {
    DarWriter dar = new DarWriter("bench", "1.0.0", "Bench");
    dar.record("Archive", fields()).record("See", fields()).record("Note", fields("owner", dar.type(PARTY)));
    Expr owner = dar.parties(dar.field("Note", "owner", dar.variable("this")));
    dar.add(dar.template("Note", owner, dar.parties(), dar.choice("See", true, owner, dar.type("See"), dar.type(UNIT),
        dar.pure(dar.type(UNIT), dar.unit())), dar.archive(owner)));
    return dar;
  }

  @Test
  void benchmarkShipsTheDarOfItsTemplates() throws Exception {
    DarWriter made = model();
    String file = System.getProperty("bench.dar", "");
    if (!file.isEmpty()) {
      Files.write(Path.of(file), made.dar());
    }
    try (InputStream shipped = Class.forName("dev.fairway.node.Main").getResourceAsStream("bench/note.dar")) {
      assertThat(shipped).isNotNull();
      // By the package's hash: the file around it says when it was written.
      assertThat(new DarReader().read(shipped).main().id()).isEqualTo(made.packageId());
    }
  }
}
