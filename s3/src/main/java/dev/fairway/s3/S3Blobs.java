package dev.fairway.s3;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Blobs in a bucket, one object each, named by the bytes' SHA-256 after the prefix. The bytes come to rest in a nameless file
 * first, for their name is known only when the last of them has been seen; the object appears whole or not at all, and is
 * durable when the service has answered. Several processes may share a bucket.
 *
 * <p>Writing bytes that are there writes them again: their age begins anew, so that {@link #collect} does not take away what
 * was just asked for.
 */
public final class S3Blobs implements Blobs, AutoCloseable {
  /** Objects above this size go up in parts; the service takes no more than 5 GiB in one piece. */
  private static final long ONE_PIECE = 64L << 20;
  private static final int MOST_PARTS = 10_000;
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final S3Config config;
  private final S3Client client;
  private final Path spool;
  private volatile boolean full;
  private Optional<String> seen = Optional.empty();
  private long seenNanos;

  /** Opens the bucket of a service that is given up when it is silent for 20 seconds. */
  public S3Blobs(S3Config config, Path spool) {
    this(config, spool, Clients.SILENCE);
  }

  /**
   * Opens the bucket.
   *
   * @param spool a folder for bytes on their way into the bucket
   * @param silence how long the service may say nothing in a call; a call is tried three times in all
   * @throws FairwayException with {@code CONFIGURATION} when the bucket is missing or refused; a service that does not
   * answer is no error yet
   */
  public S3Blobs(S3Config config, Path spool, Duration silence) {
    this.config = config;
    this.client = Clients.of(config, silence);
    this.spool = spool;
    try {
      client.headBucket(request -> request.bucket(config.bucket()));
    } catch (SdkException e) {
      BucketTrouble trouble = BucketTrouble.of(config, e);
      if (trouble.kind() == BucketTrouble.Kind.SETTING) {
        client.close();
        throw new FairwayException(ErrorCode.CONFIGURATION, trouble.text(), e);
      }
      // Each call says it for itself until the service is back.
    }
    seenNanos = System.nanoTime() - LOOK_AGAIN.toNanos();
  }

  /**
   * What keeps the bucket from being used now, in a sentence for an operator; empty when nothing does. Looks for at most two
   * seconds, and not more often than every second. A bucket that was full is full until it takes a byte.
   */
  public synchronized Optional<String> trouble() {
    if (System.nanoTime() - seenNanos >= LOOK_AGAIN.toNanos()) {
      seen = look();
      seenNanos = System.nanoTime();
    }
    return seen;
  }

  private Optional<String> look() {
    try {
      client.headBucket(request -> request.bucket(config.bucket())
          .overrideConfiguration(call -> call.apiCallTimeout(LOOK)));
      if (full) {
        String key = config.prefix() + "probe";
        client.putObject(request -> request.bucket(config.bucket()).key(key)
            .overrideConfiguration(call -> call.apiCallTimeout(LOOK)), RequestBody.fromString("?"));
        full = false;
        client.deleteObject(request -> request.bucket(config.bucket()).key(key)
            .overrideConfiguration(call -> call.apiCallTimeout(LOOK)));
      }
      return Optional.empty();
    } catch (SdkException e) {
      return Optional.of(BucketTrouble.of(config, e).text());
    }
  }

  @Override
  public Blob write(InputStream bytes, long limit, List<MessageDigest> digests) throws IOException {
    return write(bytes, limit, digests, Optional.empty());
  }

  @Override
  public Blob writeExpecting(BlobId expected, InputStream bytes, long limit) throws IOException {
    return write(bytes, limit, List.of(), Optional.of(expected));
  }

  private Blob write(InputStream bytes, long limit, List<MessageDigest> digests, Optional<BlobId> expected)
      throws IOException {
    try (Spooled spooled = Spooled.in(spool)) {
      MessageDigest sha256 = Spooled.sha256();
      List<MessageDigest> all = new ArrayList<>(digests);
      all.add(sha256);
      spooled.take(bytes, limit, all);
      BlobId id = BlobId.of(sha256.digest());
      if (expected.isPresent() && !expected.get().equals(id)) {
        throw new FairwayException(ErrorCode.PEER_LIED, "expected bytes with the SHA-256 " + expected.get()
            + ", got " + spooled.length() + " bytes with " + id + "; they were not kept");
      }
      ask(() -> {
        put(key(id), spooled);
        full = false;
        return id;
      });
      Map<String, String> further = new HashMap<>();
      digests.forEach(digest -> further.put(digest.getAlgorithm().toLowerCase(Locale.ROOT),
          HexFormat.of().formatHex(digest.digest())));
      return new Blob(id, spooled.length(), further);
    }
  }

  private void put(String key, Spooled spooled) {
    if (spooled.length() <= ONE_PIECE) {
      client.putObject(request -> request.bucket(config.bucket()).key(key), spooled.part(0, spooled.length()));
      return;
    }
    String upload = client.createMultipartUpload(request -> request.bucket(config.bucket()).key(key)).uploadId();
    try {
      long size = Math.max(ONE_PIECE, spooled.length() / MOST_PARTS + 1);
      List<CompletedPart> parts = new ArrayList<>();
      for (long from = 0; from < spooled.length(); from += size) {
        int number = parts.size() + 1;
        String tag = client.uploadPart(
            request -> request.bucket(config.bucket()).key(key).uploadId(upload).partNumber(number),
            spooled.part(from, Math.min(size, spooled.length() - from))).eTag();
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
      }
      client.completeMultipartUpload(request -> request.bucket(config.bucket()).key(key).uploadId(upload)
          .multipartUpload(whole -> whole.parts(parts)));
    } catch (SdkException e) {
      abandon(key, upload, e);
      throw e;
    }
  }

  /* Parts that nobody completes are paid for until a rule of the bucket removes them. */
  private void abandon(String key, String upload, SdkException cause) {
    try {
      client.abortMultipartUpload(request -> request.bucket(config.bucket()).key(key).uploadId(upload));
    } catch (SdkException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public Optional<SeekableByteChannel> open(BlobId id) throws IOException {
    return find(id).map(blob -> new ObjectChannel(client, config.bucket(), key(id), blob.bytes()));
  }

  @Override
  public Optional<Blob> find(BlobId id) {
    return ask(() -> {
      try {
        HeadObjectResponse head = client.headObject(request -> request.bucket(config.bucket()).key(key(id)));
        return Optional.of(new Blob(id, head.contentLength(), Map.of()));
      } catch (NoSuchKeyException e) {
        return Optional.empty();
      }
    });
  }

  @Override
  public boolean delete(BlobId id) {
    boolean there = find(id).isPresent();
    ask(() -> client.deleteObject(request -> request.bucket(config.bucket()).key(key(id))));
    return there;
  }

  @Override
  public int collect(Instant before, Predicate<BlobId> needed) {
    return ask(() -> {
      int removed = 0;
      for (S3Object object : client
          .listObjectsV2Paginator(request -> request.bucket(config.bucket()).prefix(config.prefix())).contents()) {
        String name = object.key().substring(config.prefix().length());
        if (name.matches("[0-9a-f]{64}") && object.lastModified().isBefore(before)
            && !needed.test(new BlobId(name)) && delete(new BlobId(name))) {
          removed++;
        }
      }
      return removed;
    });
  }

  private String key(BlobId id) {
    return config.prefix() + id.hex();
  }

  private <R> R ask(Supplier<R> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      BucketTrouble trouble = BucketTrouble.of(config, e);
      full = full || trouble.kind() == BucketTrouble.Kind.FULL;
      throw trouble.thrown(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
