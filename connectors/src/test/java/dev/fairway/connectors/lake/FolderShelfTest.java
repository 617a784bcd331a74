package dev.fairway.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut leaves: a file whose content was synced, under a name that is in a folder that was synced after it. */
class FolderShelfTest {
  @TempDir
  Path dir;
  private final List<String> synced = new ArrayList<>();

  private Shelf shelf;

  /** Answers paths below the folder; the empty one is the folder itself. */
  @BeforeEach
  void open() throws Exception {
    Path home = Files.createDirectory(dir.resolve("home"));
    shelf = new FolderShelf(home, path -> {
      assertThat(path).exists();
      synced.add(home.relativize(path).toString());
    });
  }

  private Path part() throws Exception {
    return Files.writeString(dir.resolve("part"), "rows");
  }

  @Test
  void foldersAreSyncedFromTheOutsideInThenAFileThenItsName() throws Exception {
    shelf.put("rows/day/1.jsonl", part());
    assertThat(synced).containsExactly("", "rows", "rows/day/1.jsonl", "rows/day");
  }

  @Test
  void foldersThatAreThereAreNotSyncedAgain() throws Exception {
    shelf.put("rows/1.jsonl", part());
    synced.clear();
    shelf.put("rows/2.jsonl", part());
    assertThat(synced).containsExactly("rows/2.jsonl", "rows");
  }

  @Test
  void aFileThatIsReplacedIsSyncedBeforeItHasItsNameAndItsNameAfterwards() throws Exception {
    assertThat(shelf.replace("manifest.json", Optional.empty(), "{}")).isPresent();
    assertThat(synced).containsExactly("manifest.json.new", "");
    synced.clear();
    assertThat(shelf.replace("manifest.json", Optional.empty(), "{}")).isEmpty();
    assertThat(synced).as("what was refused").isEmpty();
  }

  @Test
  void aMoveIsSyncedWhereItEndsAlsoWhenItWasMadeBefore() throws Exception {
    shelf.put("staged/1", part());
    synced.clear();
    shelf.move("staged/1", "rows/1");
    assertThat(synced).containsExactly("", "rows");
    synced.clear();
    shelf.move("staged/1", "rows/1");
    assertThat(synced).containsExactly("rows");
  }
}
