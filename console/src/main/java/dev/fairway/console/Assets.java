package dev.fairway.console;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Styles and scripts, kept in memory and named by a version, so that a browser may keep them for ever. */
final class Assets {
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";

  private final Map<String, byte[]> files = new TreeMap<>();
  private final String version;

  Assets() {
    files.put("console.css", load("console.css"));
    files.put("console.js", load("console.js"));
    files.put("icon.svg", load("icon.svg"));
    files.put("htmx.js", load(HTMX));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.values().forEach(digest::update);
      version = HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  String version() {
    return version;
  }

  void serve(Call call) throws IOException {
    String name = call.param("name");
    byte[] file = files.get(name);
    if (file == null) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "there is no such file");
    }
    String type = name.endsWith(".css") ? "text/css" : name.endsWith(".js") ? "text/javascript" : "image/svg+xml";
    call.with("Cache-Control", "public, max-age=31536000, immutable").with("X-Content-Type-Options", "nosniff")
        .bytes(200, type + (name.endsWith(".svg") ? "" : "; charset=utf-8"), file);
  }

  private static byte[] load(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the console's file " + name + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
