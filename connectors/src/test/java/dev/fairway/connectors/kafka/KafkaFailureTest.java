package dev.fairway.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

class KafkaFailureTest {
  private static Broker broker(boolean tls, Optional<String> authority) {
    return new Broker("127.0.0.1:1", tls, authority, Optional.empty(), Duration.ofSeconds(1));
  }

  private static FairwayException told(Throwable cause) {
    return KafkaFailure.of(broker(false, Optional.empty()), "cannot make topics", new ExecutionException(cause));
  }

  private static void isConfiguration(Throwable cause, String mend) {
    FairwayException told = told(cause);
    assertThat(told.code()).isEqualTo(ErrorCode.CONFIGURATION);
    assertThat(told).hasMessageContaining(mend);
  }

  @Test
  void whatWaitingDoesNotMendNamesTheSetting() {
    isConfiguration(new InvalidReplicationFactorException("3 of 1"), "check replication");
    isConfiguration(new InvalidPartitionsException("too many"), "check partitions");
    isConfiguration(new InvalidTopicException("collides"), "check topic-prefix");
    isConfiguration(new PolicyViolationException("no"), "partitions and replication");
    isConfiguration(new InvalidTxnTimeoutException("too long"), "transaction.max.timeout.ms");
    isConfiguration(new UnsupportedVersionException("old"), "too old");
  }

  @Test
  void aNameWithoutAnAddressMayHaveOneLater() {
    FairwayException told = told(new KafkaException("Failed to create new KafkaAdminClient",
        new ConfigException("No resolvable bootstrap urls given in bootstrap.servers")));
    assertThat(told.code()).isEqualTo(ErrorCode.PEER_FAILED);
    assertThat(told).hasMessageContaining("no host of the bootstrap servers has an address");
  }

  @Test
  void anAuthorityThatIsNoCertificateIsNamed() {
    for (String pem : new String[]{"garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
      assertThatThrownBy(() -> broker(true, Optional.of(pem)).check()).isInstanceOfSatisfying(FairwayException.class,
          told -> assertThat(told.code()).isEqualTo(ErrorCode.CONFIGURATION))
          .hasMessageContaining("check the authority");
    }
  }
}
