package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.FencedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Commits transactions of files, one session at a time. Belongs to one thread.
 *
 * <p>A transaction's files are first staged, under names of the session and the transaction. Then the task's manifest is
 * replaced, on condition that it is what this session wrote last: that one write is the commit of files and checkpoint.
 * Only then are the files moved to where readers look, under names of the transaction alone, and the manifest names them no
 * more: readers may take away what they were given. Whoever opens the task next moves what the manifest still names, so
 * that a crash between the two is mended, and takes away what older sessions staged. A session begins by replacing the
 * manifest too: whoever owned it before can commit no more.
 */
final class Commits {
  /** Rivals that open the task at the same time push each other back; each round one of them gets through. */
  private static final int ROUNDS = 100;

  private static final String MANIFEST = "manifest.json";
  private static final Pattern STAGED = Pattern.compile("(\\d{8,18})-\\d{10,}-\\d{4,}.*");

  private final Shelf shelf;
  private final String task;
  private final String home;
  private final List<Manifest.Part> staged = new ArrayList<>();
  private Manifest manifest;
  private String tag;

  private Commits(Shelf shelf, String task, String home, Manifest manifest, String tag) {
    this.shelf = shelf;
    this.task = task;
    this.home = home;
    this.manifest = manifest;
    this.tag = tag;
  }

  /**
   * Takes the task over from every session before.
   *
   * @throws IOException when the shelf does not keep its word on conditional writes, or cannot be used
   */
  static Commits open(Shelf shelf, String task) throws IOException {
    // No task's name has a tilde.
    String name = task.replace('/', '~');
    String home = "_fairway/" + name + "/";
    for (int round = 0; round < ROUNDS; round++) {
      Optional<Shelf.Note> seen = shelf.read(home + MANIFEST);
      Manifest mine = seen.map(note -> Manifest.of(note.content())).orElse(Manifest.NONE).fenced();
      Optional<String> tag = shelf.replace(home + MANIFEST, seen.map(Shelf.Note::tag), mine.json());
      if (tag.isPresent()) {
        Commits commits = new Commits(shelf, name, home, mine, tag.get());
        commits.expectConditions();
        commits.publish();
        commits.forget();
        return commits;
      }
    }
    throw new IOException("cannot take over " + task + " at " + shelf + ": " + ROUNDS + " others were faster");
  }

  /* A service that takes no notice of conditions would let two sessions win. */
  private void expectConditions() throws IOException {
    for (Optional<String> stale : List.of(Optional.<String>empty(), Optional.of("\"" + "0".repeat(32) + "\""))) {
      if (shelf.replace(manifestName(), stale, manifest.json()).isPresent()) {
        throw new IOException(shelf + " overwrites what it was told to leave (" + (stale.isEmpty()
            ? "If-None-Match"
            : "If-Match") + " is not heeded), so nothing can be stored there once only; use a service with conditional"
            + " writes");
      }
    }
  }

  private String manifestName() {
    return home + MANIFEST;
  }

  private void publish() throws IOException {
    if (manifest.parts().isEmpty()) {
      return;
    }
    for (Manifest.Part part : manifest.parts()) {
      shelf.move(part.staged(), part.published());
    }
    // Where that is refused a later session owns the task, and has published the same.
    write(manifest.published());
  }

  /** Replaces the manifest; false when it is another session's by now. */
  private boolean write(Manifest next) throws IOException {
    Optional<String> written = shelf.replace(manifestName(), Optional.of(tag), next.json());
    if (written.isEmpty()) {
      // A client that repeats a write whose answer was lost is refused the second time.
      written = shelf.read(manifestName()).filter(note -> note.content().equals(next.json()))
          .map(Shelf.Note::tag);
    }
    written.ifPresent(fresh -> {
      tag = fresh;
      manifest = next;
    });
    return written.isPresent();
  }

  /* What a later session has staged is its own, and what is called otherwise (.DS_Store) is not ours. */
  private void forget() throws IOException {
    for (String name : shelf.list(home + "staged/")) {
      Matcher mine = STAGED.matcher(name.substring((home + "staged/").length()));
      if (mine.matches() && Long.parseLong(mine.group(1)) < manifest.fence()) {
        shelf.delete(name);
      }
    }
  }

  /** The checkpoint of the last transaction. */
  Optional<JsonNode> checkpoint() {
    return manifest.checkpoint();
  }

  /** Stages a file of the transaction under way, for a folder that readers look at. */
  void stage(String folder, String extension, Path file) throws IOException, FencedException {
    String number = String.format(Locale.ROOT, "%010d-%04d%s", manifest.transaction() + 1, staged.size(), extension);
    Manifest.Part part = new Manifest.Part(
        home + "staged/" + String.format(Locale.ROOT, "%08d", manifest.fence()) + "-" + number,
        folder + "/" + task + "-" + number);
    try {
      shelf.put(part.staged(), file);
    } catch (NoSuchFileException e) {
      // A later session has forgotten it between two steps of putting it there.
      if (isTakenOver()) {
        throw fencedOff();
      }
      throw e;
    }
    staged.add(part);
  }

  private boolean isTakenOver() throws IOException {
    return !shelf.read(manifestName()).map(Shelf.Note::tag).equals(Optional.of(tag));
  }

  private FencedException fencedOff() {
    return new FencedException("fenced off: another session of " + task + " has taken over " + shelf);
  }

  /** Commits what was staged, with the checkpoint. */
  void commit(JsonNode checkpoint) throws IOException, FencedException {
    if (!write(manifest.with(checkpoint, staged))) {
      throw fencedOff();
    }
    staged.clear();
    publish();
  }
}
