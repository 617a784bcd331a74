package dev.fairway.s3;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Amazon's client as we use it: one connection a call, checksums only where the API asks, since other makers' services lack them. */
final class Clients {
  /** How long a service may be silent; a call is tried three times in all. */
  static final Duration SILENCE = Duration.ofSeconds(20);

  private Clients() {}

  /** One that gives a service up which is silent for {@link #SILENCE}. */
  static S3Client of(S3Config config) {
    return of(config, SILENCE);
  }

  /** @param silence how long the service may say nothing before a call is tried again, or given up */
  static S3Client of(S3Config config, Duration silence) {
    S3ClientBuilder builder = S3Client.builder()
        .httpClient(UrlConnectionHttpClient.builder().connectionTimeout(Duration.ofSeconds(5))
            .socketTimeout(silence).build())
        .overrideConfiguration(call -> call.retryStrategy(RetryMode.STANDARD))
        .region(Region.of(config.region()))
        .credentialsProvider(credentials(config))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    config.endpoint().ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(S3Config config) {
    return config.credentials()
        .<AwsCredentialsProvider>map(given -> StaticCredentialsProvider
            .create(AwsBasicCredentials.create(given.accessKey(), given.secretKey().reveal())))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }
}
