package dev.fairway.connectors.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.reduce.ReduceException;
import dev.fairway.connectors.spec.Projections;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents of one transaction on their way into a collection. */
class DocumentWriterTest {
  private static final CollectionSpec SUMS = Projections.of("acme/sums", Json.parse("""
      {"type":"object","reduce":{"strategy":"merge"},"required":["k"],
       "properties":{"n":{"type":["integer","null"],"reduce":{"strategy":"sum"}}}}"""), null, List.of("/k"), Map.of());

  @TempDir
  Path dir;

  private void write(DocumentWriter writer, Spool spool, String document, String operation) {
    byte[] json = document.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8);
    JsonCursor cursor = new JsonCursor();
    cursor.reset(json, 0, json.length);
    Members members = new Members();
    members.read(json, cursor);
    writer.write(members, DocumentWriter.NO_ROW, operation, spool);
  }

  private List<String> written(Spool spool) throws Exception {
    Path file = dir.resolve("written");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      spool.writeTo(channel, 0);
    }
    return Files.readAllLines(file).stream()
        .map(line -> line.replaceAll("\"uuid\":\"[-0-9a-f]{36}\"", "").replace("{,", "{"))
        .toList();
  }

  @Test
  void thoseOfTheSameKeyBecomeOne() throws Exception {
    DocumentWriter writer = new DocumentWriter(SUMS, false, new DocumentUuids(Clock.systemUTC()), 1 << 20);
    try (Spool spool = new Spool(dir, 1 << 16)) {
      write(writer, spool, "{'k':'a','n':1}", "");
      write(writer, spool, "{'k':'b','n':5}", "");
      write(writer, spool, "{'k':'a','n':2,'text':'last'}", "");
      assertThat(spool.isEmpty()).isTrue();
      writer.finish(spool);
      assertThat(written(spool)).containsExactly("{\"_meta\":{},\"k\":\"b\",\"n\":5}",
          "{\"_meta\":{},\"k\":\"a\",\"n\":3,\"text\":\"last\"}");
    }
  }

  @Test
  void whatWasDeletedIsDeletedBeforeItIsThereAgain() throws Exception {
    DocumentWriter writer = new DocumentWriter(SUMS, false, new DocumentUuids(Clock.systemUTC()), 1 << 20);
    try (Spool spool = new Spool(dir, 1 << 16)) {
      write(writer, spool, "{'k':'a','n':1}", "c");
      write(writer, spool, "{'k':'a'}", "d");
      write(writer, spool, "{'k':'a','n':7}", "c");
      writer.finish(spool);
      assertThat(written(spool)).containsExactly("{\"_meta\":{\"op\":\"d\"},\"k\":\"a\",\"n\":1}",
          "{\"_meta\":{\"op\":\"c\"},\"k\":\"a\",\"n\":7}");
    }
  }

  @Test
  void whatIsHeldIsBounded() {
    DocumentWriter writer = new DocumentWriter(SUMS, false, new DocumentUuids(Clock.systemUTC()), 40);
    try (Spool spool = new Spool(dir, 1 << 16)) {
      for (int i = 0; i < 9; i++) {
        write(writer, spool, "{'k':'a','n':1}", "");
      }
      writer.finish(spool);
      assertThat(spool.documents()).isEqualTo(3);
    }
  }

  @Test
  void whatCannotBeReducedIsToldWithItsKey() {
    DocumentWriter writer = new DocumentWriter(SUMS, false, new DocumentUuids(Clock.systemUTC()), 1 << 20);
    try (Spool spool = new Spool(dir, 1 << 16)) {
      write(writer, spool, "{'k':'a','n':null}", "");
      assertThatThrownBy(() -> write(writer, spool, "{'k':'a','n':1}", "")).isInstanceOf(ReduceException.class)
          .hasMessageContaining("cannot reduce /n: sum needs two numbers").hasMessageContaining("[\"a\"]");
    }
  }
}
