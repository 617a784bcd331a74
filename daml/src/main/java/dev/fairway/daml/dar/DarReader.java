package dev.fairway.daml.dar;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.wire.lf.Archive;
import dev.fairway.daml.wire.lf.ArchivePayload;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads DAR files: a zip with a manifest, and one archive per package. A package id is the SHA-256 of the package's bytes,
 * and each is computed here, so that what is told of a package is what a ledger that knows the id will run.
 *
 * <p>The file may come from anybody: its size when unpacked, its entries, and the depth of what it holds are bounded, and
 * whatever is wrong with it ends in a {@link FairwayException} that says what. Names of entries are never paths here.
 * Packages are looked for by the manifest, never by the name of an entry. Safe for many threads.
 */
public final class DarReader {
  private static final Pattern MINOR = Pattern.compile("[0-9]{1,4}|dev");
  private static final Pattern NAME_AND_VERSION = Pattern.compile("(.+)-([0-9]+(?:\\.[0-9]+)*(?:[-+.].*)?)");
  private static final int OLDEST_LF1 = 6;
  private static final int NEWEST_LF1 = 17;
  /** Two messages for each step of a type, and the declarations around it. */
  private static final int MAX_NESTING = 2 * DamlType.MAX_DEPTH + 20;

  private final Limits limits;

  public DarReader() {
    this(Limits.DEFAULT);
  }

  public DarReader(Limits limits) {
    this.limits = limits;
  }

  /**
   * @param entries how many the zip may have
   * @param unpackedBytes how many they may have together
   * @param entryBytes how many one may have
   */
  public record Limits(int entries, long unpackedBytes, int entryBytes) {
    public static final Limits DEFAULT = new Limits(20_000, 512L << 20, 128 << 20);
  }

  /** @throws FairwayException with {@code NOT_FOUND}, or as {@link #read(InputStream)} */
  public Dar read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no DAR at " + file, e);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.INVALID, "cannot read the DAR " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads to the end of the zip; the caller closes the stream.
   *
   * @throws FairwayException with {@code INVALID} when it is not a sound DAR, {@code TOO_LARGE} when it is beyond the
   *     {@link Limits}
   */
  public Dar read(InputStream in) {
    Entries entries = unpack(in);
    String mainName = entries.attribute("Main-Dalf")
        .orElseThrow(() -> invalid("the manifest has no Main-Dalf: not a DAR", null));
    entries.attribute("Encryption").filter(e -> !e.equals("non-encrypted")).ifPresent(e -> {
      throw invalid("the DAR is encrypted (" + e + ")", null);
    });
    entries.attribute("Format").filter(f -> !f.equals("daml-lf")).ifPresent(f -> {
      throw invalid("the DAR's format is " + f + ", not daml-lf", null);
    });
    DamlPackage main = named(entries.dalf(mainName), entries.attribute("Name"));
    List<DamlPackage> dependencies = new ArrayList<>();
    Set<String> seen = new HashSet<>(Set.of(main.id()));
    for (String name : entries.attribute("Dalfs").orElse(mainName).split("\\s*,\\s*", -1)) {
      if (!name.equals(mainName)) {
        DamlPackage dependency = entries.dalf(name);
        if (seen.add(dependency.id())) {
          dependencies.add(dependency);
        }
      }
    }
    return new Dar(main, dependencies, entries.attribute("Sdk-Version"));
  }

  /** Packages from before 1.8 do not know their name; their manifest may. */
  private static DamlPackage named(DamlPackage main, Optional<String> manifestName) {
    if (main.name().isPresent() || manifestName.isEmpty()) {
      return main;
    }
    Matcher parts = NAME_AND_VERSION.matcher(manifestName.get());
    return parts.matches()
        ? new DamlPackage(main.id(), main.languageVersion(), Optional.of(parts.group(1)), Optional.of(parts.group(2)),
            main.modules())
        : new DamlPackage(main.id(), main.languageVersion(), manifestName, Optional.empty(), main.modules());
  }

  /**
   * Reads one package as it lies in a DAR (a {@code .dalf}), its hash checked.
   *
   * @throws FairwayException with {@code INVALID}
   */
  public static DamlPackage readDalf(byte[] dalf) {
    return readDalf("the dalf", dalf);
  }

  private static DamlPackage readDalf(String name, byte[] dalf) {
    Archive archive = parse(Archive.parser(), ByteString.copyFrom(dalf), name);
    if (archive.getHashFunction() != 0) {
      throw invalid(name + ": hash function " + archive.getHashFunction() + " is not SHA-256 (0)", null);
    }
    if (archive.getPayload().isEmpty()) {
      throw invalid(name + ": no package in it", null);
    }
    String id = sha256(archive.getPayload());
    if (!id.equals(archive.getHash())) {
      throw invalid(name + ": the package's SHA-256 is " + id + ", the file says " + shortened(archive.getHash())
          + ": damaged or altered", null);
    }
    return readPayload(id, archive.getPayload());
  }

  /**
   * Reads one package as a ledger hands it out: the archive's payload.
   *
   * @throws FairwayException with {@code INVALID} also when the bytes do not hash to the id
   */
  public static DamlPackage readPayload(String packageId, byte[] payload) {
    ByteString bytes = ByteString.copyFrom(payload);
    String id = sha256(bytes);
    if (!id.equals(packageId)) {
      throw invalid("package " + shortened(packageId) + ": its bytes have the SHA-256 " + id + ": damaged or altered",
          null);
    }
    return readPayload(id, bytes);
  }

  private static DamlPackage readPayload(String id, ByteString bytes) {
    ArchivePayload payload = parse(ArchivePayload.parser(), bytes, "package " + id);
    String minor = payload.getMinor();
    if (!MINOR.matcher(minor).matches()) {
      throw invalid("package " + id + ": minor language version " + shortened(minor), null);
    }
    return switch (payload.getVersionCase()) {
      case LF1 -> {
        if (!minor.equals("dev") && (Integer.parseInt(minor) < OLDEST_LF1 || Integer.parseInt(minor) > NEWEST_LF1)) {
          throw invalid("package " + id + ": Daml-LF 1." + minor + " is not read, 1." + OLDEST_LF1 + " to 1."
              + NEWEST_LF1 + " are", null);
        }
        yield Lf1Decoder.decode(id, "1." + minor,
            parse(dev.fairway.daml.wire.lf1.Package.parser(), payload.getLf1(), "package " + id));
      }
      case LF2 -> Lf2Decoder.decode(id, "2." + minor,
          parse(dev.fairway.daml.wire.lf2.Package.parser(), payload.getLf2(), "package " + id));
      case VERSION_NOT_SET -> throw invalid("package " + id + ": neither Daml-LF 1 nor 2", null);
    };
  }

  private static <T> T parse(Parser<T> parser, ByteString bytes, String what) {
    CodedInputStream in = bytes.newCodedInput();
    in.setRecursionLimit(MAX_NESTING);
    try {
      T message = parser.parseFrom(in);
      in.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw invalid(what + ": not Daml-LF: " + e.getMessage(), e);
    }
  }

  private Entries unpack(InputStream in) {
    Map<String, byte[]> dalfs = new HashMap<>();
    Manifest manifest = null;
    long unpacked = 0;
    int count = 0;
    try {
      @SuppressWarnings("resource") // the stream is the caller's
      ZipInputStream zip = new ZipInputStream(new BufferedInputStream(in));
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (++count > limits.entries()) {
          throw tooLarge("the DAR has more than " + limits.entries() + " entries");
        }
        boolean isManifest = name.equals("META-INF/MANIFEST.MF");
        boolean kept = isManifest || name.endsWith(".dalf");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        unpacked += copy(zip, kept ? content : OutputStream.nullOutputStream(), shortened(name),
            limits.unpackedBytes() - unpacked);
        if (isManifest) {
          if (manifest != null) {
            throw invalid("the DAR has two manifests", null);
          }
          manifest = new Manifest(new ByteArrayInputStream(content.toByteArray()));
        } else if (kept && dalfs.put(name, content.toByteArray()) != null) {
          throw invalid("the DAR has two entries " + shortened(name), null);
        }
      }
    } catch (ZipException e) {
      throw invalid("not a sound zip file: " + e.getMessage(), e);
    } catch (IOException e) {
      throw invalid("the DAR cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw invalid("an entry's name or the manifest is malformed: " + e.getMessage(), e);
    }
    if (manifest == null) {
      throw invalid(count == 0 ? "not a zip file" : "the zip has no META-INF/MANIFEST.MF: not a DAR", null);
    }
    return new Entries(manifest, dalfs);
  }

  /** Copies an entry, stopping as soon as it, or all of them, have too many bytes: a declared size proves nothing. */
  private long copy(ZipInputStream zip, OutputStream out, String name, long remaining) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long copied = 0;
    for (int read = zip.read(buffer); read >= 0; read = zip.read(buffer)) {
      copied += read;
      if (copied > limits.entryBytes()) {
        throw tooLarge("the DAR's entry " + name + " has more than " + limits.entryBytes() + " bytes");
      }
      if (copied > remaining) {
        throw tooLarge("the DAR has more than " + limits.unpackedBytes() + " bytes when unpacked");
      }
      out.write(buffer, 0, read);
    }
    return copied;
  }

  private record Entries(Manifest manifest, Map<String, byte[]> dalfs) {
    Optional<String> attribute(String key) {
      return Optional.ofNullable(manifest.getMainAttributes().getValue(key)).map(String::strip);
    }

    DamlPackage dalf(String name) {
      byte @Nullable [] dalf = dalfs.get(name);
      if (dalf == null) {
        throw invalid("the manifest names " + shortened(name) + ", which is not in the DAR", null);
      }
      return readDalf(name, dalf);
    }
  }

  private static String sha256(ByteString bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.asReadOnlyByteBufferList().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static FairwayException invalid(String message, @Nullable Throwable cause) {
    return new FairwayException(ErrorCode.INVALID, message, cause);
  }

  private static FairwayException tooLarge(String message) {
    return new FairwayException(ErrorCode.TOO_LARGE, message);
  }
}
