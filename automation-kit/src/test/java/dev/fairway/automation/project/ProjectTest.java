package dev.fairway.automation.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.pack.DitFile;
import dev.fairway.automation.pack.PackageLoader;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectTest {
  private static final PrintWriter NOWHERE = new PrintWriter(Writer.nullWriter());

  @TempDir
  private Path folder;

  private static Project.Build how(boolean skipTests) {
    return new Project.Build(true, skipTests, List.of(), LocalDate.of(2026, 3, 1), dar -> {
      throw new AssertionError("there is no DAR");
    });
  }

  @Test
  void newProjectBuildsAndPassesItsTest() throws IOException {
    Project.Built built = Scaffold.make(folder, "front-desk").build(how(false), NOWHERE);
    assertThat(built.tests()).contains(new TestRun(1, 0));
    DitFile dit = DitFile.open(built.file());
    assertThat(dit.hash()).isEqualTo(built.hash());
    assertThat(dit.jars()).containsExactly("front-desk-0.1.0.jar");
    assertThat(dit.metadata().types()).singleElement()
        .satisfies(type -> assertThat(type.runtime()).contains("java-gateway"));
    assertThat(dit.metadata().catalog().orElseThrow().more()).containsEntry("release_date", "2026-03-01");
    assertThat(dit.templates()).isPresent();
  }

  @Test
  void sampleBuildsAndPassesItsTests() throws IOException {
    assertThat(Scaffold.ledgerQuota(folder).build(how(false), NOWHERE).tests()).contains(new TestRun(2, 0));
  }

  @Test
  void sameSourcesMakeTheSameBytes() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    String first = project.build(how(true), NOWHERE).hash();
    project.clean();
    assertThat(project.build(how(true), NOWHERE).hash()).isEqualTo(first);
  }

  @Test
  void aFailingTestLeavesNoPackage() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    Path test = project.folder().resolve("test/desk/DeskTest.java");
    Files.writeString(test, Files.readString(test).replace("Hello, Alice!", "Goodbye"));
    assertThatThrownBy(() -> project.build(how(false), NOWHERE)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("1 of its tests failed");
    assertThat(project.target()).doesNotExist();
  }

  @Test
  void whatDoesNotCompileIsToldWithItsLine() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    Files.writeString(project.folder().resolve("src/desk/Broken.java"),
        "package desk;\n\nclass Broken { int x = \"\"; }\n");
    assertThatThrownBy(() -> project.build(how(true), NOWHERE)).hasMessageContaining("src/desk/Broken.java:3: error");
  }

  @Test
  void entryPointWithoutAClassIsRefused() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    Path metadata = project.folder().resolve("dit-meta.yaml");
    Files.writeString(metadata, Files.readString(metadata).replace("desk.Desk", "desk.Chair"));
    assertThatThrownBy(() -> project.build(how(true), NOWHERE)).hasMessageContaining("no class desk.Chair");
  }

  @Test
  void anExistingPackageIsNotWrittenOverUnasked() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    project.build(how(true), NOWHERE);
    var careful = new Project.Build(false, true, List.of(), LocalDate.EPOCH, dar -> {
      throw new AssertionError("there is no DAR");
    });
    assertThatThrownBy(() -> project.build(careful, NOWHERE)).hasMessageContaining("already exists");
  }

  @Test
  void argumentsAreValidAndHoldTheDefaults() throws IOException {
    String written = Scaffold.make(folder, "desk").arguments("desk");
    assertThat(Project.readArguments(written)).containsEntry("greeting", "Welcome");
  }

  @Test
  void codeOfAPackageCannotEndTheProcess() throws Exception {
    Project project = Scaffold.make(folder, "desk");
    Files.writeString(project.folder().resolve("src/desk/Leaver.java"), """
        package desk;

        public final class Leaver {
          public static int leave(int how) {
            try {
              if (how == 0) {
                System.exit(3);
              } else if (how == 1) {
                Runtime.getRuntime().exit(3);
              } else {
                Runtime.getRuntime().halt(3);
              }
            } finally {
              how = how + 1;
            }
            return how;
          }
        }
        """);
    DitFile dit = DitFile.open(project.build(how(true), NOWHERE).file());
    Path jar = Files.write(folder.resolve("classes.jar"), dit.read("desk-0.1.0.jar").orElseThrow());
    try (PackageLoader loader = new PackageLoader("desk", List.of(jar))) {
      var leave = loader.loadClass("desk.Leaver").getMethod("leave", int.class);
      for (int way = 0; way < 3; way++) {
        int how = way;
        assertThatThrownBy(() -> leave.invoke(null, how)).isInstanceOf(InvocationTargetException.class)
            .hasRootCauseMessage("an integration may not end the node's process (exit status 3)");
      }
    }
  }

  @Test
  void codeOfAPackageSeesTheSdkAndNothingElseOfTheNode() throws Exception {
    try (PackageLoader loader = new PackageLoader("none", List.of())) {
      assertThat(loader.loadClass("dev.fairway.automation.sdk.Integration"))
          .isSameAs(Integration.class);
      assertThatThrownBy(() -> loader.loadClass("dev.fairway.store.SqlStore"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> loader.loadClass("tools.jackson.databind.JsonNode"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  void releasesAreListedInACatalog() throws IOException {
    Project project = Scaffold.make(folder, "desk");
    DitFile dit = DitFile.open(project.build(how(true), NOWHERE).file());
    Catalog catalog = new Catalog(folder.resolve("catalog"));
    catalog.release(dit, false);
    assertThat(catalog.has("desk-v0.1.0")).isTrue();
    assertThat(DitFile.hash(catalog.folder().resolve("desk-0.1.0.dit"))).isEqualTo(dit.hash());
    assertThatThrownBy(() -> catalog.release(dit, false)).hasMessageContaining("released already");
  }
}
