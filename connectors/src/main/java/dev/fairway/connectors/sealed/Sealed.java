package dev.fairway.connectors.sealed;

import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Opens and makes sealed configuration: sops documents whose data key is sealed for age recipients. A document without a
 * {@code sops} member is not sealed, and passes unchanged.
 *
 * <p>Each value is bound to its path, and a MAC over all values, sealed or not, is checked before anything is answered:
 * whatever was changed by hand afterwards is refused. Safe for many threads.
 */
public final class Sealed {
  private static final Pattern VALUE = Pattern
      .compile("ENC\\[AES256_GCM,data:([^,]*),iv:([^,]+),tag:([^,]+),type:([a-z]+)\\]");
  /* What sops hashes first when only sealed values are in the MAC, so that the two kinds of MAC never agree. */
  private static final byte[] ONLY_ENCRYPTED = HexFormat.of()
      .parseHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");
  private static final int KEY_BYTES = 32;
  private static final int IV_BYTES = 32;
  private static final int TAG_BYTES = 16;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<Secret> identities;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /** @param identities age identities, {@code AGE-SECRET-KEY-1…}; tried in order */
  public Sealed(List<Secret> identities, Clock clock) {
    this.identities = List.copyOf(identities);
    this.clock = clock;
  }

  /**
   * With the identities sops would find: in {@code SOPS_AGE_KEY}, in the file {@code SOPS_AGE_KEY_FILE} names, and in
   * {@code sops/age/keys.txt} of the user's configuration folder.
   */
  public static Sealed fromEnvironment(Map<String, String> environment, Clock clock) {
    List<Secret> identities = new ArrayList<>(identities(environment.getOrDefault("SOPS_AGE_KEY", "")));
    String home = environment.getOrDefault("XDG_CONFIG_HOME", environment.getOrDefault("HOME", ".") + "/.config");
    for (String file : List.of(environment.getOrDefault("SOPS_AGE_KEY_FILE", ""), home + "/sops/age/keys.txt")) {
      if (!file.isEmpty() && Files.isReadable(Path.of(file))) {
        try {
          identities.addAll(identities(Files.readString(Path.of(file))));
        } catch (IOException e) {
          throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read age identities from " + file, e);
        }
      }
    }
    return new Sealed(identities, clock);
  }

  /** Identities of a key file's text: one a line, {@code #} begins a comment. */
  public static List<Secret> identities(String text) {
    return text.lines().map(String::strip).filter(line -> line.startsWith("AGE-SECRET-KEY-1")).map(Secret::new)
        .toList();
  }

  /** A fresh identity, and the recipient that belongs to it. */
  public static KeyPair newKeyPair() {
    Age.KeyPair pair = Age.generate();
    return new KeyPair(pair.identity(), pair.recipient());
  }

  /** An age identity, and the recipient that belongs to it. */
  public record KeyPair(Secret identity, String recipient) {}

  public static boolean isSealed(JsonNode document) {
    return document.path("sops").isObject();
  }

  /**
   * The document in the clear, without its {@code sops} member, and with the suffix that marked sealed members taken off
   * their names.
   *
   * @throws FairwayException with {@code CONFIGURATION} when no identity opens it, or when it was tampered with
   */
  public JsonNode unseal(JsonNode document) {
    if (!isSealed(document)) {
      return document;
    }
    JsonNode plain = decrypt(document);
    String suffix = document.path("sops").path("encrypted_suffix").asString("");
    return suffix.isEmpty() ? plain : strip(plain, suffix, "");
  }

  /** The document in the clear, without its {@code sops} member, with its names as they are. */
  public JsonNode decrypt(JsonNode document) {
    JsonNode meta = document.path("sops");
    byte[] key = dataKey(meta);
    Selection selection = Selection.of(meta);
    boolean onlyEncrypted = meta.path("mac_only_encrypted").asBoolean(false);
    MessageDigest mac = sha512();
    if (onlyEncrypted) {
      mac.update(ONLY_ENCRYPTED);
    }
    ObjectNode body = withoutMeta(document);
    JsonNode plain = walk(body, List.of(), false, selection, (value, path, selected) -> {
      JsonNode clear = selected ? open(value, path, key) : value;
      if (selected || !onlyEncrypted) {
        mac.update(plaintext(clear));
      }
      return clear;
    });
    String expected = HexFormat.of().withUpperCase().formatHex(mac.digest());
    String stored = meta.path("mac").asString("");
    String actual;
    try {
      actual = open(NODES.stringNode(stored), meta.path("lastmodified").asString(""), key).asString("");
    } catch (FairwayException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "the sealed document's MAC cannot be read; its sops member was changed by hand", e);
    }
    if (!MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
        actual.getBytes(StandardCharsets.US_ASCII))) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "MAC mismatch: the sealed document was changed after it was sealed; seal it again");
    }
    return plain;
  }

  /**
   * Seals every value below a member whose name ends with the suffix.
   *
   * @param document an object that is not sealed
   * @param recipients age recipients, {@code age1…}; each can open it alone
   */
  public JsonNode seal(JsonNode document, List<String> recipients, String encryptedSuffix) {
    if (!(document instanceof ObjectNode body) || isSealed(document)) {
      throw new FairwayException(ErrorCode.INVALID,
          isSealed(document) ? "the document is sealed already" : "only an object can be sealed");
    }
    if (recipients.isEmpty() || encryptedSuffix.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, "sealing needs an age recipient and an encrypted suffix");
    }
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    MessageDigest mac = sha512();
    ObjectNode out = (ObjectNode) walk(body, List.of(), false,
        new Selection(name -> name.endsWith(encryptedSuffix), false), (value, path, selected) -> {
          mac.update(plaintext(value));
          return selected ? close(value, path, key) : value;
        });
    String modified = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode meta = out.putObject("sops");
    ArrayNode ages = meta.putArray("age");
    for (String recipient : recipients) {
      ages.addObject().put("recipient", recipient).put("enc", Age.encrypt(key, recipient));
    }
    meta.put("lastmodified", modified);
    String digest = HexFormat.of().withUpperCase().formatHex(mac.digest());
    meta.set("mac", close(NODES.stringNode(digest), modified, key));
    meta.put("encrypted_suffix", encryptedSuffix);
    meta.put("version", "3.8.1");
    return out;
  }

  private byte[] dataKey(JsonNode meta) {
    List<JsonNode> stanzas = new ArrayList<>();
    meta.path("age").forEach(stanzas::add);
    meta.path("key_groups").forEach(group -> group.path("age").forEach(stanzas::add));
    if (meta.path("shamir_threshold").asInt(1) > 1) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "the sealed document needs several key groups together; only one group is understood");
    }
    if (stanzas.isEmpty()) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "the sealed document has no age recipient; it is sealed for " + kinds(meta) + " only");
    }
    Exception last = null;
    for (JsonNode stanza : stanzas) {
      try {
        byte[] key = Age.decrypt(stanza.path("enc").asString(""), identities);
        if (key.length == KEY_BYTES) {
          return key;
        }
        throw new GeneralSecurityException("the data key has " + key.length + " bytes");
      } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
        last = e;
      }
    }
    throw new FairwayException(ErrorCode.CONFIGURATION,
        "none of the " + identities.size() + " age identities opens the sealed document; it is sealed for "
            + stanzas.stream().map(stanza -> stanza.path("recipient").asString("?")).toList()
            + "; give the identity in SOPS_AGE_KEY or SOPS_AGE_KEY_FILE",
        last);
  }

  private static List<String> kinds(JsonNode meta) {
    return List.of("kms", "gcp_kms", "azure_kv", "hc_vault", "pgp").stream().filter(kind -> !meta.path(kind).isEmpty())
        .toList();
  }

  private static ObjectNode withoutMeta(JsonNode document) {
    ObjectNode body = Json.object();
    document.properties().stream().filter(member -> !member.getKey().equals("sops"))
        .forEach(member -> body.set(member.getKey(), member.getValue()));
    return body;
  }

  private static JsonNode walk(JsonNode node, List<String> path, boolean selected, Selection selection, Leaf leaf) {
    if (node instanceof ObjectNode object) {
      ObjectNode out = Json.object();
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        List<String> child = new ArrayList<>(path);
        child.add(member.getKey());
        out.set(member.getKey(),
            walk(member.getValue(), child, selected || selection.names().test(member.getKey()), selection, leaf));
      }
      return out;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode out = Json.array();
      array.forEach(item -> out.add(walk(item, path, selected, selection, leaf)));
      return out;
    }
    if (node.isNull()) {
      return node;
    }
    return leaf.apply(node, String.join(":", path) + ":", selected != selection.inverted());
  }

  private static JsonNode open(JsonNode value, String path, byte[] key) {
    String text = value.asString("");
    if (text.isEmpty()) {
      return value;
    }
    Matcher parts = VALUE.matcher(text);
    if (!value.isString() || !parts.matches()) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the value at " + path + " should be sealed and is not");
    }
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      byte[] data = base64.decode(parts.group(1));
      byte[] tag = base64.decode(parts.group(3));
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(TAG_BYTES * 8, base64.decode(parts.group(2))));
      cipher.updateAAD(path.getBytes(StandardCharsets.UTF_8));
      byte[] plain = cipher.doFinal(ByteBuffer.allocate(data.length + tag.length).put(data).put(tag).array());
      return typed(new String(plain, StandardCharsets.UTF_8), parts.group(4), path);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "the sealed value at " + path + " was changed, or moved there from another place", e);
    }
  }

  private static JsonNode typed(String text, String type, String path) {
    return switch (type) {
      case "str", "time", "bytes", "comment" -> NODES.stringNode(text);
      case "int", "float" -> Json.parse(text);
      case "bool" -> NODES.booleanNode(text.equalsIgnoreCase("true"));
      default -> throw new FairwayException(ErrorCode.CONFIGURATION,
          "the sealed value at " + path + " has an unknown type " + type);
    };
  }

  private JsonNode close(JsonNode value, String path, byte[] key) {
    byte[] plain = plaintext(value);
    if (plain.length == 0) {
      return value;
    }
    String type = value.isString() ? "str" : value.isBoolean() ? "bool" : value.isIntegralNumber() ? "int" : "float";
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * 8, iv));
      cipher.updateAAD(path.getBytes(StandardCharsets.UTF_8));
      ByteBuffer out = ByteBuffer.wrap(cipher.doFinal(plain));
      byte[] data = new byte[out.remaining() - TAG_BYTES];
      byte[] tag = new byte[TAG_BYTES];
      out.get(data).get(tag);
      Base64.Encoder base64 = Base64.getEncoder();
      return NODES.stringNode("ENC[AES256_GCM,data:" + base64.encodeToString(data) + ",iv:" + base64.encodeToString(iv)
          + ",tag:" + base64.encodeToString(tag) + ",type:" + type + "]");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no AES-GCM", e);
    }
  }

  /** The bytes of a value that are sealed and hashed, as sops writes them. */
  private static byte[] plaintext(JsonNode value) {
    String text;
    if (value.isBoolean()) {
      text = value.booleanValue() ? "True" : "False";
    } else if (value.isNumber() && !value.isIntegralNumber()) {
      BigDecimal number = new BigDecimal(Double.toString(value.doubleValue()));
      text = number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    } else {
      text = value.asString();
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode strip(JsonNode node, String suffix, String path) {
    if (node instanceof ObjectNode object) {
      ObjectNode out = Json.object();
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        String name = member.getKey();
        String bare = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        if (out.has(bare)) {
          throw new FairwayException(ErrorCode.CONFIGURATION,
              "both " + path + "/" + bare + " and " + path + "/" + bare + suffix + " are given; keep one");
        }
        out.set(bare, strip(member.getValue(), suffix, path + "/" + bare));
      }
      return out;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode out = Json.array();
      array.forEach(item -> out.add(strip(item, suffix, path + "/-")));
      return out;
    }
    return node;
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-512", e);
    }
  }

  private interface Leaf {
    JsonNode apply(JsonNode value, String path, boolean selected);
  }

  /**
   * Which values are sealed: those below a name that matches.
   *
   * @param inverted whether it is the others that are
   */
  private record Selection(Predicate<String> names, boolean inverted) {
    static Selection of(JsonNode meta) {
      Optional<Selection> found = rule(meta, "encrypted_suffix", false)
          .or(() -> rule(meta, "unencrypted_suffix", true)).or(() -> rule(meta, "encrypted_regex", false))
          .or(() -> rule(meta, "unencrypted_regex", true));
      return found.orElseGet(() -> new Selection(name -> name.endsWith("_unencrypted"), true));
    }

    private static Optional<Selection> rule(JsonNode meta, String name, boolean inverted) {
      String value = meta.path(name).asString("");
      if (value.isEmpty()) {
        return Optional.empty();
      }
      if (name.endsWith("suffix")) {
        return Optional.of(new Selection(member -> member.endsWith(value), inverted));
      }
      Pattern pattern = Pattern.compile(value);
      return Optional.of(new Selection(member -> pattern.matcher(member).find(), inverted));
    }
  }
}
