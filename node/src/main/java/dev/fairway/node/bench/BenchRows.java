package dev.fairway.node.bench;

import dev.fairway.connector.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/**
 * Rows of a number, an amount, a time and a text that makes up the size.
 *
 * @param bytes how long each is as JSON
 * @param count how many there are
 */
record BenchRows(int bytes, int count) {
  /** Rows between two states of a source take about so many bytes. */
  private static final int BETWEEN_STATES = 4 << 20;
  private static final long FIRST = 1_000_000_000L;
  private static final int LEAST = 90;
  private static final String WORDS = "the quick brown fox jumps over the lazy dog ";
  private static final String HEAD = "{\"id\":";
  private static final JsonNode SCHEMA = Json.parse("""
      {"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"amount":{"type":"number"},\
      "at":{"type":"string","format":"date-time"},"text":{"type":"string"}}}""");

  BenchRows {
    if (bytes < LEAST) {
      throw new IllegalArgumentException("a row of the benchmark takes at least " + LEAST + " bytes, not " + bytes);
    }
  }

  /** As many as make up this amount. */
  static BenchRows of(int bytes, int mebibytes) {
    return new BenchRows(bytes, Math.max(1, (int) (((long) mebibytes << 20) / bytes)));
  }

  static JsonNode schema() {
    return SCHEMA;
  }

  int betweenStates() {
    return Math.max(1, BETWEEN_STATES / bytes);
  }

  /** A row whose number can be changed by {@link #number}. */
  byte[] template() {
    String start = HEAD + FIRST + ",\"amount\":1234.50,\"at\":\"2026-11-21T12:00:00Z\",\"text\":\"";
    String text = WORDS.repeat(bytes / WORDS.length() + 1).substring(0, bytes - start.length() - 2);
    return (start + text + "\"}").getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the number of a row into it, at an offset where the row begins. */
  static void number(byte[] row, int offset, int number) {
    long left = FIRST + number;
    for (int i = offset + HEAD.length() + 9; i >= offset + HEAD.length(); i--) {
      row[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  /** What an Airbyte source prints of them. */
  Path airbyte(Path file) throws IOException {
    return lines(file, "", "{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":", ",\"emitted_at\":1}}\n",
        """
            {"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},\
            "stream_state":{"n":%d}}}}
            """);
  }

  /** What a Singer tap prints of them. */
  Path singer(Path file) throws IOException {
    return lines(file,
        "{\"type\":\"SCHEMA\",\"stream\":\"rows\",\"schema\":" + SCHEMA + ",\"key_properties\":[\"id\"]}\n",
        "{\"type\":\"RECORD\",\"stream\":\"rows\",\"record\":", "}\n",
        "{\"type\":\"STATE\",\"value\":{\"bookmarks\":{\"rows\":{\"n\":%d}}}}\n");
  }

  private Path lines(Path file, String first, String before, String behind, String state) throws IOException {
    byte[] head = before.getBytes(StandardCharsets.US_ASCII);
    byte[] row = template();
    byte[] tail = behind.getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(head, head.length + row.length + tail.length);
    System.arraycopy(row, 0, line, head.length, row.length);
    System.arraycopy(tail, 0, line, head.length + row.length, tail.length);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), LargeFile.MEBIBYTE)) {
      out.write(first.getBytes(StandardCharsets.US_ASCII));
      for (int n = 0; n < count; n++) {
        number(line, head.length, n);
        out.write(line);
        if ((n + 1) % betweenStates() == 0) {
          out.write(state.formatted(n + 1).getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
    return file;
  }
}
