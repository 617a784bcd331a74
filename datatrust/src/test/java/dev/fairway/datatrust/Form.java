package dev.fairway.datatrust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** A multipart form, as a browser sends it. */
final class Form {
  private static final String BOUNDARY = "a-boundary-of-a-test";
  private final Map<String, String> fields = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private boolean filesFirst;

  static Form of(byte[] data) {
    return new Form().file("file", data);
  }

  static String md5(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Form field(String name, String value) {
    fields.put(name, value);
    return this;
  }

  Form without(String name) {
    fields.remove(name);
    return this;
  }

  Form file(String name, byte[] data) {
    files.put(name, data);
    return this;
  }

  Form withoutFiles() {
    files.clear();
    return this;
  }

  Form filesFirst() {
    filesFirst = true;
    return this;
  }

  String contentType() {
    return "multipart/form-data; boundary=" + BOUNDARY;
  }

  byte[] body() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (filesFirst) {
      files(out);
    }
    fields.forEach((name, value) -> {
      text(out, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n");
      text(out, value + "\r\n");
    });
    if (!filesFirst) {
      files(out);
    }
    text(out, "--" + BOUNDARY + "--\r\n");
    return out.toByteArray();
  }

  private void files(ByteArrayOutputStream out) {
    files.forEach((name, data) -> {
      text(out, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name
          + "\"; filename=\"pony.png\"\r\nContent-Type: application/octet-stream\r\n\r\n");
      out.writeBytes(data);
      text(out, "\r\n");
    });
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
