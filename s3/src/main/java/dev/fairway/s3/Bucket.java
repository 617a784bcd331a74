package dev.fairway.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket's objects by their keys below the configured prefix. An object appears whole or not at all. Safe for many threads.
 *
 * <p>Every call throws an {@code IOException} that names the bucket when the service cannot or will not do it.
 */
public final class Bucket implements AutoCloseable {
  private static final int CHANGED = 412;
  private static final int RACED = 409;
  private static final int MISSING = 404;
  /** How often a write is tried that met another one. */
  private static final int TRIES = 6;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final S3Config config;
  private final S3Client client;

  /** Nothing is asked of the service yet. */
  public Bucket(S3Config config) {
    this.config = config;
    this.client = Clients.of(config);
  }

  /**
   * An object in a listing.
   *
   * @param key without the prefix
   * @param tag changes whenever the object does (ETag, RFC 9110 section 8.8.3)
   */
  public record Listed(String key, long bytes, String tag) {}

  /** A small object and its tag. */
  @SuppressWarnings("ArrayRecordComponent") // handed to one caller, never compared
  public record Content(byte[] bytes, String tag) {}

  /** The object, whole; for small ones. */
  public Optional<Content> get(String key) throws IOException {
    try {
      var answer = client.getObjectAsBytes(request -> request.bucket(config.bucket()).key(named(key)));
      return Optional.of(new Content(answer.asByteArray(), answer.response().eTag()));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw refused("give " + key, e);
    }
  }

  /**
   * The object's bytes from a position, as long as it is the one with this tag.
   *
   * @return empty when it has changed or is gone
   */
  public Optional<InputStream> open(String key, long from, String tag) throws IOException {
    try {
      GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(config.bucket()).key(named(key))
          .ifMatch(tag);
      return Optional.of(client.getObject((from == 0 ? request : request.range("bytes=" + from + "-")).build()));
    } catch (S3Exception e) {
      if (e.statusCode() == CHANGED || e.statusCode() == MISSING) {
        return Optional.empty();
      }
      throw refused("give " + key, e);
    } catch (SdkException e) {
      throw refused("give " + key, e);
    }
  }

  /** Writes the file's bytes, over what was there. */
  public void put(String key, Path file) throws IOException {
    try {
      client.putObject(request -> request.bucket(config.bucket()).key(named(key)), RequestBody.fromFile(file));
    } catch (SdkException e) {
      throw refused("take " + key, e);
    }
  }

  /**
   * Writes the object if it is still what the caller has seen, by a
   * <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional write</a>: of several
   * callers with the same tag, one succeeds. One that meets another call under way is tried again a few times, and then an
   * error: nobody knows yet who wins. When the answer to a write is lost, it may have been made all the same; then the object is
   * another one too.
   *
   * @param tag of the object that was seen; empty when there was none
   * @return the new tag; empty when the object is another one by now
   */
  public Optional<String> replace(String key, Optional<String> tag, byte[] bytes) throws IOException {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(config.bucket()).key(named(key));
    tag.ifPresentOrElse(request::ifMatch, () -> request.ifNoneMatch("*"));
    for (int attempt = 1;; attempt++) {
      try {
        return Optional.of(client.putObject(request.build(), RequestBody.fromBytes(bytes)).eTag());
      } catch (S3Exception e) {
        if (e.statusCode() == CHANGED || (tag.isPresent() && e.statusCode() == MISSING)) {
          return Optional.empty();
        }
        if (e.statusCode() != RACED || attempt == TRIES) {
          throw refused("take " + key, e);
        }
        LockSupport.parkNanos(PAUSE.multipliedBy(attempt).toNanos());
      } catch (SdkException e) {
        // A service that refuses by the headers alone may close the connection under the bytes, and its answer is lost.
        if (!tag.equals(tag(key))) {
          return Optional.empty();
        }
        throw refused("take " + key, e);
      }
    }
  }

  private Optional<String> tag(String key) throws IOException {
    try {
      return Optional.of(client.headObject(request -> request.bucket(config.bucket()).key(named(key))).eTag());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw refused("give " + key, e);
    }
  }

  /** Copies an object of up to 5 GiB within the bucket; false when there is none. */
  public boolean copy(String from, String to) throws IOException {
    try {
      client.copyObject(request -> request.sourceBucket(config.bucket()).sourceKey(named(from))
          .destinationBucket(config.bucket()).destinationKey(named(to)));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == MISSING) {
        return false;
      }
      throw refused("copy " + from, e);
    } catch (SdkException e) {
      throw refused("copy " + from, e);
    }
  }

  /** Deletes an object, if there is one. */
  public void delete(String key) throws IOException {
    try {
      client.deleteObject(request -> request.bucket(config.bucket()).key(named(key)));
    } catch (SdkException e) {
      throw refused("delete " + key, e);
    }
  }

  /** The objects whose keys begin like this, in the order of their keys; the service is asked for a thousand at a time. */
  public List<Listed> list(String beginning) throws IOException {
    try {
      return client.listObjectsV2Paginator(request -> request.bucket(config.bucket()).prefix(named(beginning)))
          .contents()
          .stream().map(object -> new Listed(object.key().substring(config.prefix().length()), object.size(),
              object.eTag()))
          .toList();
    } catch (SdkException e) {
      throw refused("list " + beginning, e);
    }
  }

  private String named(String key) {
    return config.prefix() + key;
  }

  private IOException refused(String what, SdkException e) {
    return new IOException("bucket " + config.bucket() + " does not " + what + ": " + e.getMessage(), e);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "s3://" + config.bucket() + "/" + config.prefix();
  }
}
