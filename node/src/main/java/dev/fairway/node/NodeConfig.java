package dev.fairway.node;

import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.core.Secret;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.simplex.SigningKey;
import dev.fairway.node.config.KeptKey;
import dev.fairway.node.config.Section;
import dev.fairway.s3.S3Config;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.JwtConfig;
import dev.fairway.web.Tls;
import dev.fairway.web.WebConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node runs with.
 *
 * @param dir where it keeps what it must not lose, unless a database or a bucket is named
 * @param doors where it listens
 * @param bucket where documents lie instead of {@code dir}
 * @param sealingKey seals subscribers' secrets in the store; made and kept in {@code dir} when empty
 * @param connectors Flow specification files and their bounds
 * @param datatrust the markets it holds the data of
 * @param partnerTls what it proves itself with to the systems it depends on, where they ask for a certificate
 * @param issuers whose tokens are believed; empty only in the dev profile
 */
record NodeConfig(Jurisdiction jurisdiction, Profile profile, Path dir, DoorSettings doors, StorageConfig storage,
    Optional<S3Config> bucket, Optional<Tls> partnerTls, List<JwtConfig.Issuer> issuers,
    Set<String> trustedHosts, Optional<Secret> sealingKey,
    ExchangeSettings exchange, AutomationSettings automation, ConnectorsConfig connectors,
    List<DatatrustSettings> datatrust) {

  /** Reads the settings; problems are noted in them and told together. */
  static NodeConfig from(Section root) {
    Profile profile = root.choice("profile", Profile.PRODUCTION,
        "production asks everyone for credentials; dev asks nobody and listens on loopback only");
    Path dir = root.path("dir", "data", "the folder a node keeps its data in");
    DoorSettings doors = DoorSettings.from(root, web(root));
    List<JwtConfig.Issuer> issuers = issuers(root);
    boolean behindProxy = root.flag("behind-tls-proxy", false,
        "whether a proxy in front of the node ends TLS, so that listening on other than loopback is safe");
    doors.byKey().forEach((key, web) -> {
      if (!web.onLoopback() && profile == Profile.DEV) {
        root.problem(key, "the dev profile listens on loopback only; write 127.0.0.1:8080, or profile: production");
      }
      if (!web.onLoopback() && !behindProxy && web.tls().isEmpty()) {
        root.problem(key,
            "would carry credentials in the clear; give tls.certificate and tls.key, or put a proxy that"
                + " ends TLS in front and say behind-tls-proxy: true, or listen on loopback");
      }
    });
    if (profile == Profile.PRODUCTION && issuers.isEmpty()) {
      root.problem("auth",
          "names nobody whose tokens are believed; add auth.issuers, or run with profile: dev to try things");
    }
    Section store = root.section("store");
    return new NodeConfig(jurisdiction(root), profile, dir, doors, storage(store, dir),
        bucket(store.section("bucket")), partnerTls(root.section("partner-tls")), issuers,
        Set.copyOf(root.texts("trusted-hosts", "hosts outbound calls may reach although their addresses are private")),
        root.secret("sealing-key", "seals subscribers' secrets; made and kept in dir when absent, and the same for all"
            + " processes on one database"),
        ExchangeSettings.from(root.section("exchange")), AutomationSettings.from(root.section("automation")),
        connectors(root.section("connectors"), root.base()), DatatrustSettings.from(root, behindProxy));
  }

  /** What the node signs with where it hands messages straight to others; made at the first need unless given. */
  SigningKey signingKey() {
    return exchange.signingKey()
        .orElseGet(() -> SigningKey.of(KeptKey.of(dir, "signing.key", SigningKey::make)));
  }

  /** The other systems the node depends on, by a name for people. */
  Map<String, URI> peers() {
    return exchange.peers();
  }

  private static ConnectorsConfig connectors(Section section, Path base) {
    List<Path> flows = section.texts("flows", "Flow specification files whose tasks the node runs").stream()
        .map(base::resolve).toList();
    return new ConnectorsConfig(flows,
        section.size("segment-bytes", "256 MiB", "how large a collection's file grows before the next is begun"),
        Math.toIntExact(Math.min(Integer.MAX_VALUE,
            section.size("capture-memory", "32 MiB",
                "most bytes of documents a capture holds in memory, per binding"))),
        section.size("transaction-bytes", "16 MiB",
            "most bytes of documents in one transaction of a materialization"),
        KafkaSettings.from(section.section("kafka")));
  }

  private static Jurisdiction jurisdiction(Section root) {
    String code = root.text("jurisdiction", "AU", "who the node acts for, ISO 3166-1 alpha-2");
    try {
      return new Jurisdiction(code);
    } catch (IllegalArgumentException e) {
      root.problem("jurisdiction", "\"" + code + "\" is not a jurisdiction; write two upper-case letters, such as AU");
      return new Jurisdiction("AU");
    }
  }

  private static WebConfig web(Section root) {
    String listen = root.text("listen", "127.0.0.1:8080", "HOST:PORT to listen on; port 0 picks a free one");
    Optional<URI> publicUrl = root.url("public-url", "where others reach this node, when it is not what it listens on");
    Section limits = root.section("limits");
    WebConfig config = DoorSettings.address(root, "listen", listen)
        .map(at -> WebConfig.loopback().elsewhere(at.getHostString(), at.getPort(), publicUrl))
        .orElseGet(WebConfig::loopback)
        .withMaxConcurrent(
            limits.integer("concurrent-calls", 2_000, 1, 100_000,
                "calls under way at a time, half of them kept for the listeners in equal shares; more get 503"))
        .withRate(limits.integer("calls-per-second", 0, 0, 1_000_000, "calls a second of one caller; 0 for no limit"),
            limits.integer("call-burst", 100, 1, 1_000_000, "calls at once on top of that"))
        .withSlowBodies(
            limits.duration("silence", "30s", "1s", "10m", "how long a caller may say nothing before it is cut off"),
            limits.integer("body-rate", 100, 0, 1_000_000,
                "least bytes a second a body must come with, over its whole length; 0 for any"));
    return tls(root.section("tls")).map(config::withTls).orElse(config);
  }

  private static Optional<Tls> partnerTls(Section tls) {
    return files(tls, tls.text("certificate",
        "the certificate chain in PEM that the node shows channel endpoints and Document APIs which ask for one"),
        tls.text("key", "the certificate's private key in PEM, not encrypted"),
        tls.text("authorities", "who vouches for those systems, in PEM; whom the platform trusts when absent"));
  }

  private static Optional<Tls> tls(Section tls) {
    Optional<String> certificate = tls.text("certificate", "the certificate chain in PEM, the node's own first; with it"
        + " the node speaks HTTPS, and takes in a renewed file without a restart");
    Optional<String> key = tls.text("key", "the certificate's private key in PEM, not encrypted");
    Optional<String> authorities = tls.text("client-authorities",
        "who vouches for callers that prove themselves by a certificate, in PEM");
    return files(tls, certificate, key, authorities);
  }

  private static Optional<Tls> files(Section tls, Optional<String> certificate, Optional<String> key,
      Optional<String> authorities) {
    if (certificate.isPresent() != key.isPresent()) {
      tls.problem(certificate.isPresent() ? "key" : "certificate", "is missing: certificate and key go together");
      return Optional.empty();
    }
    return certificate.map(chain -> new Tls(tls.base().resolve(chain), tls.base().resolve(key.orElseThrow()),
        authorities.map(tls.base()::resolve)));
  }

  private static StorageConfig storage(Section store, Path dir) {
    Optional<String> url = store.text("url", "jdbc:postgresql://host:port/database; an embedded database when absent");
    String user = store.text("user", "", "who the node is to that database");
    Optional<Secret> password = store.secret("password", "that user's password");
    int writers = store.integer("writers", 4, 1, 32, "groups of writes under way at once on PostgreSQL");
    Duration patience = store.duration("patience", "10m", "0s", "1d",
        "how long to wait at start for a database that is down");
    int group = store.integer("group", 512, 1, 4_096, "most writes that share a commit of the embedded database");
    if (url.isEmpty()) {
      return new StorageConfig.Embedded(dir, group);
    }
    try {
      return new StorageConfig.Postgres(url.get(), user, password.orElse(new Secret("")), writers, patience);
    } catch (IllegalArgumentException e) {
      store.problem("url", String.valueOf(e.getMessage()));
      return new StorageConfig.Embedded(dir);
    }
  }

  private static Optional<S3Config> bucket(Section bucket) {
    Optional<String> name = bucket.text("name", "the S3 bucket documents are kept in, which processes on one database"
        + " share; a folder under dir when absent");
    Optional<URI> endpoint = bucket.url("endpoint", "where the service is, when it is not Amazon's");
    String region = bucket.text("region", "us-east-1", "the service's region");
    String prefix = bucket.text("prefix", "", "put before every key; ends in a slash");
    Optional<String> accessKey = bucket.text("access-key",
        "who the node is to the service; found as Amazon's own tools find it when absent");
    Optional<Secret> secretKey = bucket.secret("secret-key", "the secret of that access key");
    if (accessKey.isPresent() != secretKey.isPresent()) {
      bucket.problem(accessKey.isPresent() ? "secret-key" : "access-key",
          "is missing: access-key and secret-key go together");
    }
    try {
      return name.map(given -> new S3Config(endpoint, region, given, prefix,
          accessKey.flatMap(key -> secretKey.map(secret -> new S3Config.Credentials(key, secret)))));
    } catch (IllegalArgumentException e) {
      String text = String.valueOf(e.getMessage());
      bucket.problem(text.startsWith("prefix") ? "prefix" : "name", text);
      return Optional.empty();
    }
  }

  private static List<JwtConfig.Issuer> issuers(Section root) {
    return root.section("auth").items("issuers").stream()
        .map(issuer -> new JwtConfig.Issuer(issuer.required("issuer", "the exact iss claim of its tokens"),
            issuer.url("jwks", "where its keys are; read from its OpenID Connect discovery document when absent"),
            Set.copyOf(issuer.texts("audiences", "one of them must be in the token's aud; any when absent"))))
        .toList();
  }

}
