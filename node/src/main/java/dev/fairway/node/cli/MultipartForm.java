package dev.fairway.node.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A form with texts and one file (RFC 7578), read from disk while it is sent. */
final class MultipartForm {
  private MultipartForm() {}

  static InputStream of(String boundary, Map<String, String> fields, Path file) {
    StringBuilder head = new StringBuilder();
    fields.forEach((name, value) -> head.append("--").append(boundary)
        .append("\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n").append(value)
        .append("\r\n"));
    head.append("--").append(boundary)
        .append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"data\"\r\n\r\n");
    try {
      return new SequenceInputStream(Collections.enumeration(
          List.of(text(head.toString()), Files.newInputStream(file), text("\r\n--" + boundary + "--\r\n"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
