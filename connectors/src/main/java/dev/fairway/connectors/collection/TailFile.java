package dev.fairway.connectors.collection;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last file of a collection, which is appended to. Much at once is written past the page cache, where the file store can
 * do that. Belongs to one thread at a time.
 */
final class TailFile implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(TailFile.class);
  /** From so many bytes on, direct writing is worth its set-up; less is likely to be read again soon, from the cache. */
  static final int MUCH = 1 << 20;

  private static final Optional<OpenOption> DIRECT = direct();

  private final Path path;
  private final FileChannel file;
  private final int block;
  private @Nullable FileChannel direct;

  /**
   * @param block the size of the file store's blocks
   * @param direct the same file, opened for direct writing; absent where that cannot be
   */
  TailFile(Path path, FileChannel file, int block, @Nullable FileChannel direct) {
    this.path = path;
    this.file = file;
    this.block = block;
    this.direct = direct;
  }

  static TailFile open(Path path, OpenOption... options) throws IOException {
    FileChannel file = FileChannel.open(path, options);
    try {
      long block = Files.getFileStore(path).getBlockSize();
      if (DIRECT.isPresent() && block > 0 && DirectWriter.BUFFER % block == 0) {
        return new TailFile(path, file, (int) block,
            FileChannel.open(path, StandardOpenOption.WRITE, DIRECT.get()));
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("no direct writing path={} reason={}", path, e.toString());
    }
    return new TailFile(path, file, 1, null);
  }

  /** The JDK's own option, which is not in every Java and which its compiler lets nobody name. */
  private static Optional<OpenOption> direct() {
    try {
      return Stream.of(Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
          .filter(option -> option.toString().equals("DIRECT")).map(OpenOption.class::cast).findFirst();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Writes at a place, which is not durable before {@link #force}. */
  void write(List<Spool> spools, long position) throws IOException {
    FileChannel past = direct;
    if (past != null && spools.stream().mapToLong(Spool::bytes).sum() >= MUCH) {
      try (DirectWriter writer = new DirectWriter(file, past, block, position)) {
        for (Spool spool : spools) {
          spool.writeTo(writer);
        }
        writer.finish();
        return;
      } catch (IOException e) {
        // Some file stores open such files and do not write them. When it is something else, it shows again below.
        LOG.warn("direct writing failed, going on without path={} reason={}", path, e.toString());
        direct = null;
        past.close();
      }
    }
    FileWriter writer = new FileWriter(file, position);
    for (Spool spool : spools) {
      spool.writeTo(writer);
    }
  }

  void force() throws IOException {
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    try (FileChannel _ = direct) {
      file.close();
    }
  }
}
