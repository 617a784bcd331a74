package dev.fairway.connectors.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bringing a folder of another repository in-tree, and what changed there since. */
class UpstreamTest {
  @TempDir
  Path dir;
  private Path there;
  private Path here;

  @BeforeEach
  void repositories() throws Exception {
    there = repository("there");
    Files.createDirectories(there.resolve("connectors/source-foo"));
    Files.writeString(there.resolve("LICENSE"), "MIT\n");
    Files.writeString(there.resolve("connectors/source-foo/main.py"), "one\ntwo\nthree\nfour\nfive\n");
    Files.writeString(there.resolve("connectors/other.py"), "not ours\n");
    commit(there, "first");
    here = repository("here");
    Files.writeString(here.resolve("README.md"), "ours\n");
    commit(here, "begin");
  }

  private Upstream upstream(String license, String path) {
    return new Upstream(there.toString(), "main", "connectors/source-foo", "./source-foo/", license, path);
  }

  @Test
  void changesOfBothSidesAreKept() throws Exception {
    String first = upstream("MIT", "LICENSE").pull(here).orElseThrow();
    assertThat(here.resolve("source-foo/other.py")).doesNotExist();
    assertThat(git(here, "log", "-1", "--format=%B")).startsWith("import: source-foo through ").contains(
        "License Type: MIT", "Source Commit ID: " + first,
        "git-merge-subpath: " + first + " connectors/source-foo source-foo");
    assertThat(upstream("MIT", "LICENSE").pull(here)).isEmpty();

    Files.writeString(here.resolve("source-foo/main.py"), "one\ntwo\nthree\nfour\nours\n");
    commit(here, "mend");
    Files.writeString(there.resolve("connectors/source-foo/main.py"), "theirs\ntwo\nthree\nfour\nfive\n");
    commit(there, "second");
    assertThat(upstream("MIT", "LICENSE").pull(here)).isPresent();
    assertThat(Files.readString(here.resolve("source-foo/main.py"))).isEqualTo("theirs\ntwo\nthree\nfour\nours\n");
  }

  @Test
  void aConflictIsLeftForAPersonToSolve() throws Exception {
    upstream("MIT", "LICENSE").pull(here);
    Files.writeString(here.resolve("source-foo/main.py"), "ours\ntwo\nthree\nfour\nfive\n");
    commit(here, "mend");
    Files.writeString(there.resolve("connectors/source-foo/main.py"), "theirs\ntwo\nthree\nfour\nfive\n");
    commit(there, "second");
    assertThatThrownBy(() -> upstream("MIT", "LICENSE").pull(here)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("git apply");
    assertThat(Files.readString(here.resolve("source-foo/main.py"))).contains("<<<<<<<");
  }

  @Test
  void whatCannotBeCheckedIsNotImported() {
    assertThatThrownBy(() -> upstream("Free-ish", "LICENSE")).hasMessageContaining("no licence of the SPDX list");
    assertThatThrownBy(() -> upstream("MIT", "COPYING").pull(here)).hasMessageContaining("there is no COPYING");
    assertThatThrownBy(() -> new Upstream("origin", "main", "../x", "y", "MIT", "LICENSE"))
        .hasMessageContaining("inside the repository");
  }

  private Path repository(String name) throws Exception {
    Path repository = Files.createDirectories(dir.resolve(name));
    git(repository, "init", "--quiet", "--initial-branch=main");
    git(repository, "config", "user.name", "Somebody");
    git(repository, "config", "user.email", "somebody@example.org");
    return repository;
  }

  private static void commit(Path repository, String message) throws Exception {
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "--message=" + message);
  }

  private static String git(Path repository, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
    command.addAll(List.of(arguments));
    Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(git.waitFor()).as(said).isZero();
    return said;
  }
}
