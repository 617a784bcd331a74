package dev.fairway.connectors.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections whose store cannot always tell whether it committed. */
class CollectionsTest {
  @TempDir
  private Path dir;
  private SqlStore store;
  private Silent silent;
  private Collections collections;

  @BeforeEach
  void open() {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), Clock.systemUTC(), List.of("connectors"));
    silent = new Silent(store);
    collections = new Collections(silent, dir.resolve("collections"), 1 << 20);
  }

  @AfterEach
  void close() {
    collections.close();
    store.close();
  }

  private void append(String document) {
    append(document, tx -> {});
  }

  private void append(String document, Store.Effect effect) {
    try (Spool spool = new Spool(collections.scratch(), 1 << 16)) {
      spool.write(document.getBytes(StandardCharsets.UTF_8));
      spool.endDocument();
      collections.commit(Map.of(collections.get("acme/rows"), List.of(spool)), effect);
    }
  }

  private List<String> documents() throws IOException {
    List<String> documents = new ArrayList<>();
    try (CollectionReader reader = collections.get("acme/rows").read(0)) {
      while (reader.next()) {
        documents.add(new String(reader.buffer(), reader.from(), reader.to() - reader.from(), StandardCharsets.UTF_8));
      }
    }
    return documents;
  }

  @Test
  void whatWasCommittedAfterAllIsNotWrittenOver() throws IOException {
    append("{\"n\":1}");
    silent.after = true;
    assertThatThrownBy(() -> append("{\"n\":2}")).hasMessageContaining("nobody knows");
    Collection same = collections.get("acme/rows");
    append("{\"n\":3}");
    assertThat(documents()).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    assertThat(collections.get("acme/rows")).isSameAs(same);
    assertThat(same.documents()).isEqualTo(3);
  }

  @Test
  void readersSeeWhatWasCommittedAfterAll() throws IOException {
    silent.after = true;
    assertThatThrownBy(() -> append("{\"n\":1}")).hasMessageContaining("nobody knows");
    assertThat(documents()).containsExactly("{\"n\":1}");
  }

  @Test
  void nothingIsAppendedWhileNobodyKnows() throws IOException {
    append("{\"n\":1}");
    Collection rows = collections.get("acme/rows");
    silent.after = true;
    assertThatThrownBy(() -> append("{\"n\":2}")).hasMessageContaining("nobody knows");
    silent.before = true;
    try (Spool spool = new Spool(collections.scratch(), 1 << 16)) {
      spool.write("{\"n\":3}".getBytes(StandardCharsets.UTF_8));
      spool.endDocument();
      assertThatThrownBy(() -> collections.commit(Map.of(rows, List.of(spool)), tx -> {}))
          .hasMessageContaining("is away");
    }
    assertThat(documents()).containsExactly("{\"n\":1}", "{\"n\":2}");
  }

  @Test
  void whatWasNotCommittedIsWrittenOver() throws IOException {
    assertThatThrownBy(() -> append("{\"n\":1}", tx -> {
      throw new SQLException("no");
    })).hasStackTraceContaining("no");
    assertThat(documents()).isEmpty();
    assertThat(collections.list()).isEmpty();
    append("{\"n\":2}");
    assertThat(documents()).containsExactly("{\"n\":2}");
  }

  @Test
  void aRowThatSomebodyElseMovedIsLeftAlone() {
    append("{\"n\":1}");
    store.run(tx -> {
      try (var move = tx.connection().prepareStatement("UPDATE connector_collection SET committed = 100")) {
        move.executeUpdate();
      }
    });
    assertThatThrownBy(() -> append("{\"n\":2}"))
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
        .hasMessageContaining("does not end at 8 any more");
    assertThat(collections.list()).containsExactly(new Collections.Extent("acme/rows", 100, 1));
  }

  /** A database whose connection breaks once, before a transaction or when it was committed. */
  private static final class Silent implements Store {
    private final Store inner;
    private boolean before;
    private boolean after;

    Silent(Store inner) {
      this.inner = inner;
    }

    @Override
    public <R> R write(WriteStep<R> step) {
      if (before) {
        before = false;
        throw new FairwayException(ErrorCode.STORE_DOWN, "the database is away");
      }
      R result = inner.write(step);
      if (after) {
        after = false;
        throw new FairwayException(ErrorCode.STORE_DOWN, "nobody knows whether it was committed");
      }
      return result;
    }

    @Override
    public <R> R read(ReadStep<R> step) {
      return inner.read(step);
    }

    @Override
    public Journal journal() {
      return inner.journal();
    }

    @Override
    public void close() {
      // Whoever opened the other closes it.
    }
  }
}
