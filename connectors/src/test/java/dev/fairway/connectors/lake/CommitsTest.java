package dev.fairway.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.connector.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of files: staged, committed by one write, published; broken off anywhere. */
class CommitsTest {
  private static final int TRANSACTIONS = 2;

  @TempDir
  Path dir;

  /** Commits what is missing of two transactions of two files each. */
  private void run(Shelf shelf) throws Exception {
    Commits commits = Commits.open(shelf, "acme/task");
    int done = commits.checkpoint().map(at -> at.path("at").asInt(0)).orElse(0);
    for (int n = done + 1; n <= TRANSACTIONS; n++) {
      for (String part : List.of("a", "b")) {
        commits.stage("rows", ".txt", Files.writeString(dir.resolve("part"), n + part));
      }
      commits.commit(Json.object().put("at", n));
    }
  }

  @Test
  void whereverItBreaksOffEachFileIsPublishedOnceAndNothingIsLeft() throws Exception {
    boolean broken = true;
    for (int step = 0; broken; step++) {
      FolderShelf folder = new FolderShelf(dir.resolve("out" + step));
      BreakingShelf breaking = new BreakingShelf(folder, step);
      try {
        run(breaking);
      } catch (IOException e) {
        assertThat(e).hasMessage("broken off");
      }
      broken = breaking.broken();
      run(folder);
      assertThat(folder.list("rows/")).as("broken off at step " + step)
          .isEqualTo(IntStream.rangeClosed(1, TRANSACTIONS).boxed().flatMap(n -> Stream.of(0, 1)
              .map(part -> "rows/acme~task-%010d-%04d.txt".formatted(n, part))).toList());
      assertThat(folder.list("_fairway/acme~task/staged/")).as("broken off at step " + step).isEmpty();
    }
  }

  @Test
  void aSessionThatWasOvertakenPublishesNothingMore() throws Exception {
    FolderShelf shelf = new FolderShelf(dir.resolve("out"));
    Commits first = Commits.open(shelf, "acme/task");
    first.stage("rows", ".txt", Files.writeString(dir.resolve("part"), "old"));
    Commits second = Commits.open(shelf, "acme/task");
    second.stage("rows", ".txt", Files.writeString(dir.resolve("part"), "new"));
    assertThatThrownBy(() -> first.commit(Json.object())).isInstanceOf(FencedException.class)
        .hasMessageContaining("fenced off");
    second.commit(Json.object());
    assertThat(shelf.list("rows/")).singleElement()
        .satisfies(name -> assertThat(dir.resolve("out").resolve(name)).hasContent("new"));
  }

  @Test
  void aSessionIsOvertakenInTheMidstOfStaging() throws Exception {
    Path out = dir.resolve("out");
    AtomicBoolean overtaken = new AtomicBoolean();
    FolderShelf shelf = new FolderShelf(out, path -> {
      if (path.toString().endsWith(".txt") && !overtaken.getAndSet(true)) {
        Commits.open(new FolderShelf(out), "acme/task");
        assertThat(path).doesNotExist();
        throw new NoSuchFileException(path.toString());
      }
    });
    Commits first = Commits.open(shelf, "acme/task");
    Path part = Files.writeString(dir.resolve("part"), "old");
    assertThatThrownBy(() -> first.stage("rows", ".txt", part)).isInstanceOf(FencedException.class)
        .hasMessageContaining("fenced off");
  }

  @Test
  void aFileThatWasCommittedAndIsNowhereIsTold() throws Exception {
    FolderShelf shelf = new FolderShelf(dir.resolve("out"));
    Shelf stuck = new BreakingShelf(shelf, Integer.MAX_VALUE) {
      @Override
      public void move(String from, String to) throws IOException {
        throw new IOException("broken off");
      }
    };
    assertThatThrownBy(() -> run(stuck)).hasMessage("broken off");
    String staged = shelf.list("_fairway/acme~task/staged/").getFirst();
    shelf.delete(staged);
    assertThatThrownBy(() -> Commits.open(shelf, "acme/task")).isInstanceOf(IOException.class)
        .hasMessageContaining(staged).hasMessageContaining("rows/acme~task-0000000001-0000.txt");
  }

  @Test
  void readersMayTakeAwayWhatTheyWereGiven() throws Exception {
    FolderShelf shelf = new FolderShelf(dir.resolve("out"));
    run(shelf);
    for (String name : shelf.list("rows/")) {
      shelf.delete(name);
    }
    assertThat(Commits.open(shelf, "acme/task").checkpoint()).contains(Json.object().put("at", TRANSACTIONS));
  }

  @Test
  void whatIsNotOursAmongTheStagedFilesIsLeftAlone() throws Exception {
    FolderShelf shelf = new FolderShelf(dir.resolve("out"));
    run(shelf);
    Path foreign = dir.resolve("out/_fairway/acme~task/staged/.DS_Store");
    Files.createDirectories(foreign.getParent());
    Files.writeString(foreign, "windows");
    run(shelf);
    assertThat(foreign).exists();
  }

  @Test
  void aWriteWhoseAnswerWasLostIsNoRival() throws Exception {
    FolderShelf folder = new FolderShelf(dir.resolve("out"));
    Shelf deaf = new BreakingShelf(folder, Integer.MAX_VALUE) {
      /* A client that repeats the write is told that somebody was faster, which was itself. */
      @Override
      public Optional<String> replace(String name, Optional<String> tag, String content) throws IOException {
        Optional<String> replaced = super.replace(name, tag, content);
        return Json.parse(content).path("transaction").longValue() == 0 ? replaced : Optional.empty();
      }
    };
    run(deaf);
    assertThat(folder.list("rows/")).hasSize(2 * TRANSACTIONS);
  }

  @Test
  void aServiceThatHeedsNoConditionsIsRefused() {
    Shelf careless = new BreakingShelf(new FolderShelf(dir.resolve("out")), Integer.MAX_VALUE) {
      @Override
      public Optional<String> replace(String name, Optional<String> tag, String content) throws IOException {
        return super.replace(name, read(name).map(Note::tag), content);
      }
    };
    assertThatThrownBy(() -> Commits.open(careless, "acme/task")).hasMessageContaining("If-None-Match is not heeded");
  }
}
