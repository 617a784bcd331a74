package dev.fairway.connectors.collection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  @TempDir
  private Path dir;

  private static void add(Spool spool, String document) {
    spool.write(document.getBytes(StandardCharsets.UTF_8));
    spool.endDocument();
  }

  private String written(Spool spool) throws Exception {
    Path file = dir.resolve("written");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING)) {
      spool.writeTo(channel, 0);
    }
    return Files.readString(file);
  }

  @Test
  void aSmallOneThatIsPackedTakesWhatIsInIt() throws Exception {
    try (Spool spool = new Spool(dir, 1 << 20)) {
      spool.pack();
      assertThat(spool.taken()).isZero();
      add(spool, "{}");
      assertThat(spool.taken()).isEqualTo(SpoolMemory.PIECE);
      spool.pack();
      assertThat(spool.taken()).isEqualTo(spool.bytes()).isEqualTo(3);
      assertThat(written(spool)).isEqualTo("{}\n");
    }
  }

  @Test
  void whatIsAddedToAPackedOneComesBehind() throws Exception {
    String large = "x".repeat(3 * SpoolMemory.PIECE);
    try (Spool spool = new Spool(dir, 1 << 20)) {
      add(spool, "1");
      spool.pack();
      add(spool, large);
      spool.pack();
      add(spool, "2");
      spool.pack();
      add(spool, "");
      assertThat(written(spool)).isEqualTo("1\n" + large + "\n2\n\n");
      assertThat(spool.bytes()).isEqualTo(large.length() + 6);
      assertThat(spool.taken()).isGreaterThanOrEqualTo(spool.bytes());
      spool.clear();
      assertThat(spool.taken()).isZero();
      add(spool, "3");
      assertThat(written(spool)).isEqualTo("3\n");
    }
  }

  @Test
  void thePieceOfAPackedOneIsForTheNext() {
    SpoolMemory pieces = new SpoolMemory(SpoolMemory.PIECE);
    byte[] piece = pieces.take();
    pieces.give(piece);
    try (Spool spool = new Spool(dir, 1 << 20, pieces)) {
      add(spool, "1");
      spool.pack();
      assertThat(pieces.take()).isSameAs(piece);
    }
    assertThat(pieces.take()).as("what was packed is no piece").hasSize(SpoolMemory.PIECE);
  }

  @Test
  void memoryThatIsClosedKeepsNothing() {
    SpoolMemory pieces = new SpoolMemory(2 * SpoolMemory.PIECE);
    byte[] before = pieces.take();
    byte[] after = pieces.take();
    pieces.give(before);
    pieces.close();
    pieces.give(after);
    assertThat(pieces.take()).isNotSameAs(before).isNotSameAs(after);
  }
}
