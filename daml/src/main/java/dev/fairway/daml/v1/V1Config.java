package dev.fairway.daml.v1;

import dev.fairway.daml.AccessTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a ledger.
 *
 * @param host name or address
 * @param port of its gRPC API
 * @param tls how the connection is protected; empty is plain text
 * @param tokens who we say we are
 * @param applicationId the name commands are sent under; the ledger recognises a resend only under the same
 * @param callTimeout how long an answer may take, a submission's included
 * @param messageBytes the largest message to take in
 */
public record V1Config(String host, int port, Optional<Tls> tls, AccessTokens tokens, String applicationId,
    Duration callTimeout, int messageBytes) {
  public V1Config {
    if (!applicationId.matches("[A-Za-z0-9#:\\-_/ ]{1,255}")) {
      throw new IllegalArgumentException(
          "application id must be 1 to 255 of A-Z a-z 0-9 # : - _ / and space, is \"" + applicationId + "\"");
    }
  }

  /** A ledger near by: plain text, no tokens. */
  public V1Config(String host, int port) {
    this(host, port, Optional.empty(), AccessTokens.NONE, "fairway", Duration.ofSeconds(60), 64 << 20);
  }

  /**
   * @param trusted certificates (PEM) of who may vouch for the ledger; empty for those the JDK trusts
   * @param certificate our own certificate chain (PEM), with its key
   */
  public record Tls(Optional<Path> trusted, Optional<Certificate> certificate) {}

  /** @param key PKCS #8 in PEM, not encrypted */
  public record Certificate(Path chain, Path key) {}

  public V1Config withTokens(AccessTokens other) {
    return new V1Config(host, port, tls, other, applicationId, callTimeout, messageBytes);
  }

  public V1Config withTls(Tls other) {
    return new V1Config(host, port, Optional.of(other), tokens, applicationId, callTimeout, messageBytes);
  }
}
