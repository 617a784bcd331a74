package dev.fairway.s3;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What an answer of the service means for whoever runs the node. Codes are those of the S3 API's
 * <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">error responses</a>; those for space are of
 * MinIO and Ceph, since Amazon's own never runs full.
 *
 * @param kind what an operator does about it
 * @param text a sentence that begins with the bucket, and says how to mend it
 */
record BucketTrouble(Kind kind, String text) {
  /** What an operator does about it. */
  enum Kind {
    /** Correct a setting, or a right. */
    SETTING,
    /** Make room. */
    FULL,
    /** Wait, or see to the service. */
    DOWN
  }

  private static final Set<String> FULL = Set.of("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded",
      "QuotaExceeded");

  static BucketTrouble of(S3Config config, SdkException e) {
    String bucket = "bucket " + config.bucket();
    if (!(e instanceof S3Exception answered)) {
      return new BucketTrouble(Kind.DOWN, bucket + " does not take or give blobs: " + e.getMessage());
    }
    String code = Optional.ofNullable(answered.awsErrorDetails()).map(AwsErrorDetails::errorCode).orElse("");
    Optional<String> region = region(answered).filter(there -> !there.equals(config.region()));
    if (answered.statusCode() == 507 || FULL.contains(code)) {
      return new BucketTrouble(Kind.FULL, bucket + " has no space left; nothing was kept");
    }
    if (region.isPresent() || answered.statusCode() == 301 || code.equals("AuthorizationHeaderMalformed")) {
      return new BucketTrouble(Kind.SETTING, bucket + " is not in region " + config.region()
          + region.map(there -> "; set store.bucket.region to " + there)
              .orElse("; set store.bucket.region to the one it is in"));
    }
    return switch (answered.statusCode()) {
      case 404 -> new BucketTrouble(Kind.SETTING, bucket + " does not exist; make it, or correct its name");
      case 400, 401, 403 -> new BucketTrouble(Kind.SETTING, bucket
          + " refuses us; check the access key, its secret, the region, and that the key may read and write there");
      default -> new BucketTrouble(Kind.DOWN, bucket + " does not take or give blobs: " + answered.getMessage());
    };
  }

  private static Optional<String> region(S3Exception answered) {
    return Optional.ofNullable(answered.awsErrorDetails()).map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
  }

  /** What a call that met it throws. */
  FairwayException thrown(SdkException cause) {
    return new FairwayException(kind == Kind.FULL ? ErrorCode.DISK_FULL : ErrorCode.STORE_DOWN, text, cause);
  }
}
