package dev.fairway.automation.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages as they come from outside: of the older tool, damaged, or made to harm. */
class DitFileTest {
  /** As the older tool writes it: flow style, keys in order, every text in quotes and folded, tags on what is none. */
  private static final String OLDER = """
      {"catalog": {"author": !!null "null", "description": "Timers and mo\\
        re", "experimental": !!bool "false", "name": "core", "release_date": !!timestamp "2021-06-22",
        "tags": ["integration"], "version": "1.1.1"}, "daml_model": {"main_package_id": "779c", "name": "core",
        "version": "1.1.1"}, "integration_types": [{"description": "d", "entrypoint": "core.timer:main", "fields": [],
        "id": "timer", "name": "Timer", "runtime": "python-direct-hub-if"}], "integrations": !!null "null",
        "subdeployments": ["core-1.1.1.dar"]}
      """;

  @TempDir
  private Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("package.dit"), bytes);
  }

  private static byte[] zip(Map<String, String> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var entry : new TreeMap<>(entries).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return out.toByteArray();
  }

  private static byte[] withFirstLine(byte[] zip) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("#!/usr/bin/env python3\n".getBytes(StandardCharsets.UTF_8));
    out.writeBytes(zip);
    return out.toByteArray();
  }

  @Test
  void packageOfTheOlderToolIsReadThoughItBeginsAsAProgram() throws IOException {
    DitFile dit = DitFile.open(file(withFirstLine(
        zip(Map.of("dit-meta.yaml", OLDER, "dabl-meta.yaml", OLDER, "core-1.1.1.dar", "dar", "core/timer.py",
            "pass")))));
    assertThat(dit.metadata().catalog().orElseThrow().fileName()).isEqualTo("core-1.1.1.dit");
    assertThat(dit.metadata().damlModel().orElseThrow().mainPackageId()).isEqualTo("779c");
    assertThat(dit.metadata().type("timer").orElseThrow().entrypoint()).isEqualTo("core.timer:main");
    assertThat(dit.metadata().subdeployments()).containsExactly("core-1.1.1.dar");
    assertThat(dit.dars()).containsExactly("core-1.1.1.dar");
    assertThat(dit.read("core-1.1.1.dar").map(String::new)).contains("dar");
    assertThat(dit.hash()).isEqualTo(DitFile.hash(Files.readAllBytes(dit.file())));
  }

  @Test
  void oneOfBothNamesOfTheMetadataIsEnoughAndTwoMustAgree() throws IOException {
    String other = OLDER.replace("1.1.1\"}, \"daml_model\"", "1.1.2\"}, \"daml_model\"");
    assertThat(DitFile.open(file(zip(Map.of("dabl-meta.yaml", OLDER)))).metadata().catalog()).isPresent();
    Path two = file(zip(Map.of("dit-meta.yaml", OLDER, "dabl-meta.yaml", other)));
    assertThatThrownBy(() -> DitFile.open(two)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("are both in it, and differ");
    Path none = file(zip(Map.of("readme", "")));
    assertThatThrownBy(() -> DitFile.open(none)).hasMessageContaining("no package metadata");
  }

  @Test
  void metadataThatUnpackWithoutEndAreRefused() throws IOException {
    Path bomb = file(zip(Map.of("dit-meta.yaml", " ".repeat(5 << 20))));
    assertThatThrownBy(() -> DitFile.open(bomb)).hasMessageContaining("dit-meta.yaml has more than");
  }

  @Test
  void nothingThatIsToBeUsedHasAPath() throws IOException {
    DitFile dit = DitFile.open(file(zip(Map.of("dit-meta.yaml", OLDER, "../x.jar", "", "a/y.jar", "", "z.jar", ""))));
    assertThat(dit.jars()).containsExactly("z.jar");
  }

  @Property(tries = 200)
  void alteredPackageIsReadOrRefused(@ForAll @IntRange(max = 100_000) int position, @ForAll byte value)
      throws IOException {
    byte[] bytes = withFirstLine(zip(Map.of("dit-meta.yaml", OLDER, "core-1.1.1.dar", "dar")));
    bytes[position % bytes.length] = value;
    Path altered = Files.createTempFile("altered", ".dit");
    try {
      DitFile.open(Files.write(altered, bytes));
    } catch (FairwayException | IOException e) {
      assertThat(e).hasMessageNotContaining("null");
    } finally {
      Files.delete(altered);
    }
  }
}
