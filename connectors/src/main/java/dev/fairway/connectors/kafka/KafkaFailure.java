package dev.fairway.connectors.kafka;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Says what went wrong between us and a cluster, and which setting mends it. */
final class KafkaFailure {
  private KafkaFailure() {}

  /** The failure in words, with the cause; {@code PEER_FAILED} where waiting can help, else {@code CONFIGURATION}. */
  static FairwayException of(Broker broker, String what, Throwable thrown) {
    Throwable cause = bare(thrown);
    String at = what + " at Kafka " + broker + ": ";
    return switch (cause) {
      case ConfigException e when String.valueOf(e.getMessage()).contains("bootstrap") -> new FairwayException(
          ErrorCode.PEER_FAILED, at + "no host of the bootstrap servers has an address; check their names", e);
      case SslAuthenticationException e -> new FairwayException(ErrorCode.CONFIGURATION,
          at + "TLS cannot be agreed on (" + said(innermost(e))
              + "); check the authority, that the brokers' certificates"
              + " name these hosts, and that this port speaks TLS",
          e);
      case AuthenticationException e -> new FairwayException(ErrorCode.CONFIGURATION,
          at + "the login is refused (" + e.getMessage() + "); check user, password and mechanism", e);
      case AuthorizationException e -> new FairwayException(ErrorCode.CONFIGURATION, at + e.getMessage()
          + " The user needs Create, Describe, Read and Write on the topics, DescribeConfigs on the one with the"
          + " checkpoint, and Describe and Write on the transactional id", e);
      case RecordTooLargeException e -> new FairwayException(ErrorCode.CONFIGURATION,
          at + "a document is larger than its topic takes; raise max.message.bytes of the topic. " + e.getMessage(), e);
      case InvalidReplicationFactorException e -> wrong(at, "check replication: as many brokers must run", e);
      case InvalidPartitionsException e -> wrong(at, "check partitions", e);
      case InvalidTopicException e ->
        wrong(at, "check topic-prefix: no other topic's name may differ only in '.' and '_'", e);
      case PolicyViolationException e -> wrong(at,
          "the cluster's policy forbids such topics; check partitions and replication, or make the topics yourself", e);
      case InvalidTxnTimeoutException e -> wrong(at,
          "the brokers' transaction.max.timeout.ms must be 120000 at least", e);
      case UnsupportedVersionException e ->
        wrong(at, "the brokers are too old for transactions as they are used here", e);
      case InvalidConfigurationException e when String.valueOf(e.getMessage()).contains("PEM") -> wrong(at,
          "check the authority: it must be certificates in PEM", e);
      case InvalidConfigurationException e -> wrong(at, "the brokers refuse a setting of the topics", e);
      case ConfigException e -> wrong(at, "the client cannot be configured so", e);
      case TimeoutException e -> silent(broker, at, e);
      case DisconnectException e -> silent(broker, at, e);
      // The producer has no class of its own for giving up records that nobody acknowledged.
      case KafkaException e when e.getClass() == KafkaException.class -> silent(broker, at, e);
      default -> new FairwayException(ErrorCode.PEER_FAILED, at + said(cause), cause);
    };
  }

  private static FairwayException wrong(String at, String mend, Throwable cause) {
    return new FairwayException(ErrorCode.CONFIGURATION, at + said(cause) + "; " + mend, cause);
  }

  private static FairwayException silent(Broker broker, String at, Throwable cause) {
    return new FairwayException(ErrorCode.PEER_FAILED, at + "no answer within " + broker.patience().toSeconds()
        + " s; check the bootstrap servers, that they run, and whether this port wants TLS or a login (" + said(cause)
        + ")", cause);
  }

  private static String said(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }

  /* A handshake's reason stands at its bottom; what surrounds it says only that one failed. */
  private static Throwable innermost(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether another producer with the same transactional id has begun since (KIP-98), or the broker gave ours up. */
  static boolean fenced(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  /* The client wraps what matters, once or twice, in what tells nothing. */
  private static Throwable bare(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && (cause instanceof ExecutionException || cause instanceof CompletionException
        || cause.getClass() == KafkaException.class)) {
      cause = cause.getCause();
    }
    return cause;
  }
}
