package dev.fairway.connectors.lake;

import dev.fairway.s3.Bucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files as objects of a bucket. */
record BucketShelf(Bucket bucket) implements Shelf {
  @Override
  public Optional<Note> read(String name) throws IOException {
    return bucket.get(name).map(found -> new Note(new String(found.bytes(), StandardCharsets.UTF_8), found.tag()));
  }

  @Override
  public Optional<String> replace(String name, Optional<String> tag, String content) throws IOException {
    return bucket.replace(name, tag, content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void put(String name, Path file) throws IOException {
    bucket.put(name, file);
  }

  /* Buckets cannot move. A copy that is made twice is the same object. */
  @Override
  public void move(String from, String to) throws IOException {
    if (bucket.copy(from, to)) {
      bucket.delete(from);
    } else if (bucket.list(to).stream().noneMatch(found -> found.key().equals(to))) {
      throw lost(from, to);
    }
  }

  @Override
  public List<String> list(String beginning) throws IOException {
    return bucket.list(beginning).stream().map(Bucket.Listed::key).toList();
  }

  @Override
  public void delete(String name) throws IOException {
    bucket.delete(name);
  }

  @Override
  public void close() {
    bucket.close();
  }

  @Override
  public String toString() {
    return bucket.toString();
  }
}
