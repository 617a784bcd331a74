package dev.fairway.connectors.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where files are kept, by names with slashes. A file appears whole or not at all. Safe for many threads and processes. */
interface Shelf extends AutoCloseable {
  /** A small file, and a tag that no later content of it ever has. */
  Optional<Note> read(String name) throws IOException;

  /**
   * Writes a small file durably if it is still what the caller has seen.
   *
   * @param tag of what was seen; empty when there was no file
   * @return the new tag; empty when somebody else has changed it
   */
  Optional<String> replace(String name, Optional<String> tag, String content) throws IOException;

  /** Puts a local file there durably, over what was there. */
  void put(String name, Path file) throws IOException;

  /**
   * Moves a file durably. When it is not there any more, it must have been moved already.
   *
   * @throws IOException naming both, when the file is in neither place
   */
  void move(String from, String to) throws IOException;

  /** The names that begin like this. */
  List<String> list(String beginning) throws IOException;

  /** Deletes a file, if it is there. */
  void delete(String name) throws IOException;

  @Override
  void close();

  /** What a move throws when the file is in neither place. */
  default IOException lost(String from, String to) {
    return new IOException(
        this + " has lost a file: it was committed, and is neither at " + from + ", where it was staged,"
            + " nor at " + to + "; restore one of the two, or take it out of \"parts\" in the manifest beside");
  }

  /** What a small file holds. */
  record Note(String content, String tag) {}
}
