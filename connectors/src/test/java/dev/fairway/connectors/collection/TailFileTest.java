package dev.fairway.connectors.collection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is appended is there byte for byte, by whichever way it went. */
class TailFileTest {
  private static final int MUCH = TailFile.MUCH;
  private static final int BUFFER = DirectWriter.BUFFER;
  private static final int ALL_IN_MEMORY = Integer.MAX_VALUE;

  @TempDir
  Path dir;
  private final Random random = new Random(7);
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

  /** A document of so many bytes with its newline, which is expected from now on. */
  private Spool spool(int bytes, int memory) {
    byte[] document = new byte[bytes - 1];
    random.nextBytes(document);
    Spool spool = new Spool(dir.resolve("scratch"), memory, new SpoolMemory(1));
    spool.write(document);
    spool.endDocument();
    expected.writeBytes(document);
    expected.write('\n');
    return spool;
  }

  /** Appends so many bytes, in two spools. */
  private void append(TailFile tail, int bytes, int memory) throws Exception {
    int before = expected.size();
    try (Spool one = spool(bytes / 3, memory); Spool two = spool(bytes - bytes / 3, memory)) {
      tail.write(List.of(one, two), before);
      tail.force();
    }
  }

  @Test
  void littleAndMuchFollowEachOtherAtAnyPlace() throws Exception {
    Path file = dir.resolve("tail");
    try (TailFile tail = TailFile.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      for (int bytes : new int[]{MUCH, 10, MUCH, 4096, MUCH + 1, BUFFER, BUFFER - 1, 7, 2 * BUFFER + 5000, 100, MUCH}) {
        append(tail, bytes, ALL_IN_MEMORY);
        assertThat(Files.readAllBytes(file)).as("after %d bytes, at %d", bytes, expected.size())
            .isEqualTo(expected.toByteArray());
      }
    }
  }

  @Test
  void whatWasSpilledIsWrittenToo() throws Exception {
    Path file = dir.resolve("tail");
    try (TailFile tail = TailFile.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      append(tail, 5000, 1);
      append(tail, 2 * MUCH + 77, 1);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
  }

  @Test
  void whatIsLeftOfAnAppendThatDidNotCountIsWrittenOver() throws Exception {
    Path file = dir.resolve("tail");
    try (TailFile tail = TailFile.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      append(tail, MUCH + 33, ALL_IN_MEMORY);
      try (Spool lost = spool(2 * BUFFER, ALL_IN_MEMORY)) {
        tail.write(List.of(lost), MUCH + 33L);
      }
      byte[] counted = expected.toByteArray();
      expected.reset();
      expected.write(counted, 0, MUCH + 33);
      append(tail, 3 * BUFFER, ALL_IN_MEMORY);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
  }

  @Test
  void whereFilesAreNotWrittenDirectlyTheCacheTakesIt() throws Exception {
    Path file = dir.resolve("tail");
    FileChannel refuses = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    refuses.close();
    try (TailFile tail = new TailFile(file, FileChannel.open(file, StandardOpenOption.WRITE), 4096, refuses)) {
      append(tail, MUCH + 5, ALL_IN_MEMORY);
      append(tail, MUCH, ALL_IN_MEMORY);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
  }
}
