package dev.fairway.connectors.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A shelf that breaks off at a step of our choice, before or after the step was done. */
class BreakingShelf implements Shelf {
  private final Shelf inner;
  private int left;

  /** @param left how many steps are done before it breaks off; each change is two */
  BreakingShelf(Shelf inner, int left) {
    this.inner = inner;
    this.left = left;
  }

  boolean broken() {
    return left < 0;
  }

  private void step() throws IOException {
    if (left-- <= 0) {
      left = -1;
      throw new IOException("broken off");
    }
  }

  @Override
  public Optional<Note> read(String name) throws IOException {
    return inner.read(name);
  }

  @Override
  public Optional<String> replace(String name, Optional<String> tag, String content) throws IOException {
    step();
    Optional<String> replaced = inner.replace(name, tag, content);
    step();
    return replaced;
  }

  @Override
  public void put(String name, Path file) throws IOException {
    step();
    inner.put(name, file);
    step();
  }

  @Override
  public void move(String from, String to) throws IOException {
    step();
    inner.move(from, to);
    step();
  }

  @Override
  public List<String> list(String beginning) throws IOException {
    return inner.list(beginning);
  }

  @Override
  public void delete(String name) throws IOException {
    step();
    inner.delete(name);
    step();
  }

  @Override
  public void close() {
    inner.close();
  }
}
