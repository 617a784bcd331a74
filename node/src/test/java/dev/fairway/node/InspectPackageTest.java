package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.pack.DitFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code integration inspect} prints of a package of the older tool. */
class InspectPackageTest {
  private static final String METADATA = """
      {"catalog": {"description": "Timers", "experimental": !!bool "false", "name": "core", "release_date":
        !!timestamp "2021-06-22", "tags": ["integration experimental"], "version": "1.1.1"}, "daml_model":
        {"main_package_id": "779c8ad1", "name": "core", "version": "1.1.1"}, "integration_types": [{"description": "d",
        "entrypoint": "core.timer:main", "fields": [], "id": "timer", "name": "Timer", "runtime": "python-direct"}],
        "subdeployments": ["core-1.1.1.dar", "ui.zip"]}
      """;

  @TempDir
  private Path folder;

  private Path packed(String metadata) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("#!/usr/bin/env python3\n".getBytes(StandardCharsets.UTF_8));
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("dit-meta.yaml"));
      zip.write(metadata.getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("core-1.1.1.dar"));
      zip.write("archive".getBytes(StandardCharsets.UTF_8));
    }
    return Files.write(folder.resolve("core.dit"), bytes.toByteArray());
  }

  @Test
  void printsNameModelTypesAndPartsWithTheirSizesAndHashes() throws IOException {
    Path file = packed(METADATA);
    Ran ran = Ran.fairway("integration", "inspect", file.toString());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines().map(String::strip)).contains("Artifact hash:  " + DitFile.hash(file), "name : core",
        "version : 1.1.1", "Daml Model: core:1.1.1", "package id: 779c8ad1",
        "timer - Timer (not runnable here: python-direct)",
        "core-1.1.1.dar (7 bytes, " + DitFile.hash("archive".getBytes(StandardCharsets.UTF_8)) + ")",
        "ui.zip (MISSING)");
    assertThat(ran.out()).contains("warning: line ").contains("is one tag with a space");
  }

  @Test
  void metadataThatAreNoYamlAreRefusedWithTheirPlace() throws IOException {
    Ran ran = Ran.fairway("integration", "inspect",
        packed("catalog:\n  description: Reference Application: Central Bank\n").toString());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("line 2, column ").contains("not YAML");
  }
}
