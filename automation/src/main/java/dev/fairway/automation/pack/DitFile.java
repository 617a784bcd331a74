package dev.fairway.automation.pack;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A built package on disk: a ZIP, which may stand behind a first line that makes it a program elsewhere. Its classes are
 * the entries {@code *.jar} at its root, the Daml packages {@code *.dar} there, and templates for the local ledger the
 * entry {@link #TEMPLATES}. Immutable as long as the file is.
 *
 * @param hash SHA-256 of the whole file, in lower-case hex
 * @param entries its files, in the order of the ZIP's directory
 */
public record DitFile(Path file, String hash, PackageMetadata metadata, List<Entry> entries) {
  /** Templates that the local ledger is given when the package is installed. */
  public static final String TEMPLATES = "templates.yaml";
  private static final int MOST_ENTRIES = 50_000;
  private static final long METADATA_LIMIT = 4 << 20;
  private static final long ENTRY_LIMIT = 256L << 20;

  /**
   * A file in the package.
   *
   * @param size in bytes, unpacked, as the ZIP's directory says
   */
  public record Entry(String name, long size) {
    boolean atRoot() {
      return name.indexOf('/') < 0 && name.indexOf('\\') < 0 && !name.startsWith("..");
    }
  }

  public DitFile {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a package's directory and metadata.
   *
   * @throws FairwayException with {@code INVALID} when it is no package, or its metadata are wrong; {@code TOO_LARGE}
   */
  public static DitFile open(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    String yaml;
    try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
      if (zip.size() > MOST_ENTRIES) {
        throw new FairwayException(ErrorCode.TOO_LARGE, "a package may have " + MOST_ENTRIES + " entries");
      }
      zip.stream().filter(entry -> !entry.isDirectory())
          .forEach(entry -> entries.add(new Entry(entry.getName(), entry.getSize())));
      yaml = metadata(zip);
    } catch (java.util.zip.ZipException e) {
      throw new FairwayException(ErrorCode.INVALID, file.getFileName() + " is no package: " + e.getMessage(), e);
    }
    return new DitFile(file, hash(file), PackageMetadata.parse(yaml), entries);
  }

  private static String metadata(ZipFile zip) throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : PackageMetadata.FILE_NAMES) {
      ZipEntry entry = zip.getEntry(name);
      if (entry != null) {
        found.add(new String(read(zip, entry, METADATA_LIMIT), StandardCharsets.UTF_8));
      }
    }
    if (found.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, "no package metadata; one of " + PackageMetadata.FILE_NAMES
          + " must be in it");
    }
    if (found.stream().distinct().count() > 1) {
      throw new FairwayException(ErrorCode.INVALID, PackageMetadata.FILE_NAMES + " are both in it, and differ");
    }
    return found.getFirst();
  }

  private static byte[] read(ZipFile zip, ZipEntry entry, long limit) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE));
      if (bytes.length > limit) {
        throw new FairwayException(ErrorCode.TOO_LARGE, entry.getName() + " has more than " + limit + " bytes");
      }
      return bytes;
    }
  }

  /** An entry's bytes; empty when there is none of that name. At most 256 MiB. */
  public Optional<byte[]> read(String name) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
      ZipEntry entry = zip.getEntry(name);
      return entry == null ? Optional.empty() : Optional.of(read(zip, entry, ENTRY_LIMIT));
    }
  }

  /** Names of the entries at its root that end so, sorted. */
  public List<String> named(String ending) {
    return entries.stream().filter(Entry::atRoot).map(Entry::name).filter(name -> name.endsWith(ending)).sorted()
        .toList();
  }

  /** The classes it brings. */
  public List<String> jars() {
    return named(".jar");
  }

  /** The Daml packages it brings. */
  public List<String> dars() {
    return named(".dar");
  }

  /** What it brings for the local ledger. */
  public Optional<String> templates() throws IOException {
    return read(TEMPLATES).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** SHA-256 of a file, in lower-case hex. */
  public static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of bytes, in lower-case hex. */
  public static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
