package dev.fairway.connectors.kafka;

import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * A Kafka cluster and who we are to it.
 *
 * @param bootstrapServers host:port, several separated by commas; one that answers is enough
 * @param tls whether connections are encrypted
 * @param authority who vouches for the brokers, certificates in PEM; whom the platform trusts when absent
 * @param login who we are; nobody when absent
 * @param patience how long is waited for an answer, 1 s at least
 */
public record Broker(String bootstrapServers, boolean tls, Optional<String> authority, Optional<Login> login,
    Duration patience) {
  private static final Duration LOOK = Duration.ofSeconds(15);
  private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(10);

  public Broker {
    if (!bootstrapServers.matches("\\s*[^\\s,:/]+:\\d{1,5}(\\s*,\\s*[^\\s,:/]+:\\d{1,5})*\\s*")) {
      throw new IllegalArgumentException("the bootstrap servers must be host:port, several separated by commas, are \""
          + bootstrapServers + "\"");
    }
    if (authority.isPresent() && !tls) {
      throw new IllegalArgumentException(
          "an authority vouches for connections with TLS; say tls: true, or leave it out");
    }
    if (patience.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("the patience must be at least 1 s, is " + patience);
    }
  }

  /** How a password is proved: as it is, or by a challenge (RFC 5802). */
  public enum Mechanism {
    PLAIN, SCRAM_SHA_256, SCRAM_SHA_512;

    private String wire() {
      return name().replace('_', '-');
    }

    private String module() {
      return this == PLAIN
          ? "org.apache.kafka.common.security.plain.PlainLoginModule"
          : "org.apache.kafka.common.security.scram.ScramLoginModule";
    }
  }

  /** A user of the cluster (SASL). */
  public record Login(Mechanism mechanism, String user, Secret password) {
    private String jaas() {
      return mechanism.module() + " required username=" + quoted(user) + " password=" + quoted(password.reveal()) + ";";
    }

    private static String quoted(String text) {
      return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
  }

  /**
   * Asks the cluster for something that every user may know, so that a wrong address or login is told before it matters.
   *
   * @return who answered, for people
   * @throws FairwayException when it cannot be used; the message says which setting to look at
   */
  public String check() throws InterruptedException {
    Broker hasty = new Broker(bootstrapServers, tls, authority, login, patience.compareTo(LOOK) < 0 ? patience : LOOK);
    try (Admin admin = hasty.admin()) {
      DescribeClusterResult cluster = admin.describeCluster();
      int brokers = cluster.nodes().get().size();
      return "cluster " + cluster.clusterId().get() + " with " + brokers + (brokers == 1 ? " broker" : " brokers");
    } catch (KafkaException | ExecutionException e) {
      throw KafkaFailure.of(hasty, "cannot use the cluster", e);
    }
  }

  /** What every client of the cluster is configured with. */
  Map<String, Object> client() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", servers()));
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "fairway");
    settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        (login.isPresent() ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(patience.dividedBy(2)));
    settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(patience));
    settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, millis(connecting()));
    settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, millis(connecting()));
    // Nobody else's business: the client would send the broker what it measures.
    settings.put("enable.metrics.push", false);
    authority.ifPresent(pem -> {
      settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
    });
    login.ifPresent(who -> {
      settings.put(SaslConfigs.SASL_MECHANISM, who.mechanism().wire());
      settings.put(SaslConfigs.SASL_JAAS_CONFIG, who.jaas());
    });
    return settings;
  }

  /**
   * Who asks the cluster and makes topics; the first client of everything we do with it.
   *
   * @throws FairwayException with {@code CONFIGURATION} when TLS is spoken there and not by us
   */
  Admin admin() {
    if (!tls) {
      ClearPort.require(this, connecting());
    }
    return Admin.create(client());
  }

  /** Each of the bootstrap servers, as host:port. */
  List<String> servers() {
    return List.of(bootstrapServers.strip().split("\\s*,\\s*"));
  }

  private Duration connecting() {
    return patience.compareTo(LONGEST_CONNECTING) < 0 ? patience : LONGEST_CONNECTING;
  }

  static int millis(Duration duration) {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, duration.toMillis()));
  }

  @Override
  public String toString() {
    return bootstrapServers + login.map(who -> " as " + who.user()).orElse("")
        + (tls ? " with TLS" : "");
  }
}
