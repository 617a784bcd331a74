package dev.fairway.s3;

import dev.fairway.core.Secret;
import java.net.URI;
import java.util.Optional;

/**
 * Which bucket, and who asks.
 *
 * @param endpoint where the service is, when it is not Amazon's; its bucket is then the first part of the path
 * @param region as the service names it, such as {@code ap-southeast-2}
 * @param prefix put before every key; empty, or ending in a slash
 * @param credentials who asks; found as Amazon's tools find them (environment, profile, instance) when empty
 */
public record S3Config(Optional<URI> endpoint, String region, String bucket, String prefix,
    Optional<Credentials> credentials) {
  /** An access key and its secret. */
  public record Credentials(String accessKey, Secret secretKey) {}

  /** The rules for general purpose buckets: 3 to 63 of a-z, 0-9, dot and hyphen, beginning and ending in a letter or digit. */
  private static final String BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";

  public S3Config {
    if (!bucket.matches(BUCKET)) {
      throw new IllegalArgumentException("bucket must be 3 to 63 lower-case letters, digits, dots and hyphens, is \""
          + bucket + "\"");
    }
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw new IllegalArgumentException("prefix must end in a slash, is \"" + prefix + "\"");
    }
  }

  /** The same bucket, with keys under a further folder. */
  public S3Config under(String folder) {
    return new S3Config(endpoint, region, bucket, prefix + folder + "/", credentials);
  }
}
