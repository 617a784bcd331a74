package dev.fairway.connectors.collection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A log of JSON documents, one a line, in files named by the position of their first byte. A position is a byte's distance
 * from the beginning of the log, so that it names a place without an index. Safe for many threads.
 */
public final class Collection {
  private final String name;
  private final Path folder;
  private final long segmentBytes;
  private final NavigableMap<Long, Path> segments = new ConcurrentSkipListMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock growing = new ReentrantLock();
  private final Condition grown = growing.newCondition();
  private volatile long end;
  private volatile long documents;
  private volatile boolean doubtful;
  private @Nullable FileChannel tail;
  private long tailBase;

  private Collection(String name, Path folder, long end, long documents, long segmentBytes) {
    this.name = name;
    this.folder = folder;
    this.end = end;
    this.documents = documents;
    this.segmentBytes = segmentBytes;
  }

  static Collection open(String name, Path folder, long end, long documents, long segmentBytes) throws IOException {
    Collection collection = new Collection(name, folder, end, documents, segmentBytes);
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder, "*.jsonl")) {
        for (Path file : files) {
          String base = file.getFileName().toString();
          collection.segments.put(Long.parseLong(base.substring(0, base.length() - ".jsonl".length())), file);
        }
      }
    }
    collection.dropUncommitted();
    return collection;
  }

  /** What a crash left behind the committed end was never promised to anyone. */
  private void dropUncommitted() throws IOException {
    for (Map.Entry<Long, Path> late : Map.copyOf(segments.tailMap(end, true)).entrySet()) {
      Files.delete(late.getValue());
      segments.remove(late.getKey());
    }
    Map.Entry<Long, Path> last = segments.lastEntry();
    long have = last == null ? 0 : last.getKey() + Files.size(last.getValue());
    if (have < end) {
      throw new IOException(
          "collection " + name + " should be " + end + " bytes long and has only " + have + " in " + folder
              + "; its files were damaged or taken away");
    }
    if (last != null && have > end) {
      try (FileChannel file = FileChannel.open(last.getValue(), StandardOpenOption.WRITE)) {
        file.truncate(end - last.getKey());
      }
    }
  }

  public String name() {
    return name;
  }

  /** The position behind the last committed document. */
  public long end() {
    return end;
  }

  public long documents() {
    return documents;
  }

  /** Waits until there is something behind the position, or the time is over; true when there is. */
  public boolean await(long position, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    growing.lock();
    try {
      while (end <= position && left > 0) {
        left = grown.awaitNanos(left);
      }
      return end > position;
    } finally {
      growing.unlock();
    }
  }

  /** Reads what is committed now, from a position that a reader has given before, or 0. */
  public CollectionReader read(long from) {
    return new CollectionReader(this, from, end);
  }

  /** The file that holds a position, and where in it. */
  Place locate(long position) {
    Map.Entry<Long, Path> segment = segments.floorEntry(position);
    if (segment == null) {
      throw new UncheckedIOException(new IOException("collection " + name + " has nothing at " + position));
    }
    Long next = segments.higherKey(position);
    return new Place(segment.getValue(), position - segment.getKey(),
        next == null ? Long.MAX_VALUE : next - segment.getKey());
  }

  void lock() {
    writing.lock();
  }

  void unlock() {
    writing.unlock();
  }

  /** Puts documents behind the committed end and syncs them; they do not count before {@link #committed}. */
  Written write(List<Spool> spools) throws IOException {
    FileChannel file = tail();
    long at = end;
    long count = documents;
    for (Spool spool : spools) {
      spool.writeTo(file, at - tailBase);
      at += spool.bytes();
      count += spool.documents();
    }
    file.force(false);
    return new Written(end, at, count);
  }

  /** What was written may be committed or not: where this ends is for the store to say, before more is written. */
  void doubt() {
    doubtful = true;
  }

  boolean inDoubt() {
    return doubtful;
  }

  /** Ends where the store says. */
  void committed(Written written) {
    growing.lock();
    try {
      end = written.end();
      documents = written.documents();
      doubtful = false;
      grown.signalAll();
    } finally {
      growing.unlock();
    }
  }

  private FileChannel tail() throws IOException {
    FileChannel open = tail;
    Map.Entry<Long, Path> last = segments.lastEntry();
    if (open != null && end - tailBase < segmentBytes) {
      return open;
    }
    if (open == null && last != null && end - last.getKey() < segmentBytes) {
      open = FileChannel.open(last.getValue(), StandardOpenOption.WRITE);
      tailBase = last.getKey();
    } else {
      if (open != null) {
        open.close();
      }
      Files.createDirectories(folder);
      Path file = folder.resolve(String.format(Locale.ROOT, "%020d.jsonl", end));
      open = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      syncFolder();
      segments.put(end, file);
      tailBase = end;
    }
    tail = open;
    return open;
  }

  /** A new file's name must survive a power loss as well as its content. */
  private void syncFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    Path parent = folder.getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  void close() {
    writing.lock();
    try {
      if (tail != null) {
        tail.close();
        tail = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + folder, e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Where an append begins; where the end is and how many documents there are once it counts. */
  record Written(long begin, long end, long documents) {}

  /** Where a position lies. */
  record Place(Path file, long offset, long length) {}
}
