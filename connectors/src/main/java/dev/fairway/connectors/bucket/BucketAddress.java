package dev.fairway.connectors.bucket;

import dev.fairway.core.Secret;
import dev.fairway.s3.S3Config;
import java.net.URI;
import java.util.Optional;

/** Buckets as a person writes them: {@code s3://BUCKET/PREFIX}. */
public final class BucketAddress {
  private static final String SCHEME = "s3://";

  private BucketAddress() {}

  public static boolean isOne(String location) {
    return location.startsWith(SCHEME);
  }

  /** @throws IllegalArgumentException when it is the address of something else */
  public static void requireFolderOrBucket(String location) {
    if (location.contains("://") && !isOne(location)) {
      throw new IllegalArgumentException("location \"" + location + "\" is of a kind that is not known here; write"
          + " s3://BUCKET/PREFIX, with an endpoint for a service that is not Amazon's, or a folder");
    }
  }

  /**
   * The bucket, with keys below the prefix.
   *
   * @throws IllegalArgumentException when no bucket can have that name, or a key comes without its secret
   */
  public static S3Config config(String location, Optional<URI> endpoint, String region, Optional<String> accessKey,
      Optional<String> secretKey) {
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new IllegalArgumentException("accessKey and secretKey go together; only "
          + (accessKey.isPresent() ? "accessKey" : "secretKey") + " is given");
    }
    String[] parts = location.substring(SCHEME.length()).split("/", 2);
    String prefix = parts.length < 2 ? "" : parts[1];
    return new S3Config(endpoint, region, parts[0], prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
        accessKey.map(key -> new S3Config.Credentials(key, new Secret(secretKey.orElseThrow()))));
  }
}
