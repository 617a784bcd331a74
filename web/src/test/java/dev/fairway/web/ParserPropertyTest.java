package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import tools.jackson.databind.JsonNode;

/** Every parser that meets the outside: whatever comes, it answers or refuses, and what was written is read back. */
class ParserPropertyTest {
  @Property(seed = "20261", tries = 2_000)
  void anyBytesAreJsonOrInvalid(@ForAll byte[] bytes) {
    try {
      JsonNode parsed = Json.parse(bytes);
      assertThat(Json.parse(Json.bytes(parsed))).isEqualTo(parsed);
    } catch (FairwayException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
    }
  }

  @Property(seed = "20262", tries = 500)
  void jsonWithOneByteChangedIsJsonOrInvalid(@ForAll @IntRange(min = 0, max = 60) int at, @ForAll byte value) {
    byte[] bytes = "{\"a\":[1,2.5e3,true,null,\"caf\u00e9 \\u00e9\"],\"b\":{\"c\":-0}}          "
        .getBytes(StandardCharsets.UTF_8);
    bytes[Math.min(at, bytes.length - 1)] = value;
    anyBytesAreJsonOrInvalid(bytes);
  }

  @Property(seed = "20263", tries = 200)
  void nestingUpToTheLimitIsReadAndBeyondIsRefused(@ForAll @IntRange(min = 1, max = 300) int depth) {
    byte[] bytes = ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
    if (depth <= Json.DEPTH) {
      assertThat(Json.parse(bytes).isArray()).isTrue();
    } else {
      assertThatThrownBy(() -> Json.parse(bytes)).isInstanceOf(FairwayException.class);
    }
  }

  @Property(seed = "20264", tries = 1_000)
  void anyAuthorizationHeaderIsUnderstoodOrRefused(@ForAll String header) {
    Optional<String> token = JwtAuthenticator.token(header);
    assertThat(token.map(t -> t.chars().filter(c -> c == '.').count())).isIn(Optional.empty(), Optional.of(2L));
    for (String prefix : List.of("", "JWTBODY", "JWTBODY ", "Dumb")) {
      try {
        assertThat(new DevAuthenticator().identify(Optional.of(prefix + header)).known()).isTrue();
      } catch (FairwayException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
      }
    }
  }

  @Property(seed = "20265", tries = 1_000)
  void anyRangeLiesWithinTheBytes(@ForAll String spec, @ForAll @LongRange(min = 0, max = 1_000) long size) {
    assertWithin(ByteRange.parse("bytes=" + spec, size), size);
    assertWithin(ByteRange.parse(spec, size), size);
  }

  @Property(seed = "20266", tries = 1_000)
  void aRangeIsServedAsAsked(@ForAll @LongRange(min = 0, max = 2_000) long first,
      @ForAll @LongRange(min = 0, max = 2_000) long last, @ForAll @LongRange(min = 1, max = 1_000) long size) {
    ByteRange range = ByteRange.parse("bytes=" + first + "-" + last, size);
    assertWithin(range, size);
    if (first <= last && first < size) {
      assertThat(range).isEqualTo(new ByteRange.Slice(first, Math.min(last, size - 1) - first + 1));
    }
    ByteRange suffix = ByteRange.parse("bytes=-" + last, size);
    assertThat(suffix).isEqualTo(last == 0
        ? new ByteRange.Unsatisfiable()
        : new ByteRange.Slice(size - Math.min(last, size), Math.min(last, size)));
  }

  private static void assertWithin(ByteRange range, long size) {
    if (range instanceof ByteRange.Slice(var first, var length)) {
      assertThat(first).isBetween(0L, size - 1);
      assertThat(length).isBetween(1L, size - first);
    }
  }

  @Property(seed = "20267", tries = 1_000)
  void anyHeaderHasAValueAndParameters(@ForAll String header) {
    assertThat(HeaderParameters.value(header)).doesNotContain(";");
    assertThat(HeaderParameters.of(header)).isNotNull();
  }

  @Property(seed = "20268", tries = 500)
  void quotedParametersAreReadBack(@ForAll @AlphaChars @StringLength(min = 1, max = 10) String name,
      @ForAll @StringLength(max = 30) String value) {
    String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
    Map<String, String> parameters = HeaderParameters.of("form-data; " + name + "=\"" + quoted + "\"; last=x");
    assertThat(parameters).containsEntry(name.toLowerCase(java.util.Locale.ROOT), value);
    assertThat(parameters.getOrDefault("last", value)).isIn("x", value);
  }

  @Property(seed = "20269", tries = 200)
  void partsAreReadBackHoweverTheBytesArrive(@ForAll @Size(min = 0, max = 5) List<byte[]> contents,
      @ForAll @IntRange(min = 1, max = 100) int chunk, @ForAll boolean skip) throws Exception {
    assertReadBack(contents, chunk, skip);
  }

  /** Content made of what boundaries are made of. */
  @Property(seed = "20272", tries = 2_000)
  void contentMayLookAlmostLikeABoundary(
      @ForAll @Size(min = 1, max = 3) List<@StringLength(max = 12) @CharRange(from = 'a', to = 'f') String> texts,
      @ForAll @IntRange(min = 1, max = 20) int chunk) throws Exception {
    List<byte[]> contents = new ArrayList<>();
    for (String text : texts) {
      contents.add(text.replace('a', '\r').replace('c', '\n').replace('d', '-').replace("e", "\r\n--")
          .replace("f", "\n--b").getBytes(StandardCharsets.US_ASCII));
    }
    assertReadBack(contents, chunk, false);
  }

  @Example
  void aPartMayHaveNoBody() throws Exception {
    List<String> read = new ArrayList<>();
    byte[] body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--b--".getBytes(StandardCharsets.US_ASCII);
    new Multipart("b", inChunks(body, 7)).forEach(part -> read.add(part.name() + part.body().readAllBytes().length));
    assertThat(read).containsExactly("a0");
  }

  private static void assertReadBack(List<byte[]> contents, int chunk, boolean skip) throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < contents.size(); i++) {
      body.writeBytes(
          ("--b\r\nContent-Disposition: form-data; name=\"f" + i + "\"\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      body.writeBytes(contents.get(i));
      body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
    if (contents.stream()
        .anyMatch(bytes -> ("\r\n" + new String(bytes, StandardCharsets.ISO_8859_1)).contains("\r\n--b"))) {
      return;
    }
    List<byte[]> read = new ArrayList<>();
    new Multipart("b", inChunks(body.toByteArray(), chunk))
        .forEach(part -> read.add(skip ? new byte[0] : part.body().readAllBytes()));
    assertThat(read).hasSameSizeAs(contents);
    for (int i = 0; i < read.size() && !skip; i++) {
      assertThat(read.get(i)).isEqualTo(contents.get(i));
    }
  }

  @Property(seed = "20270", tries = 1_000)
  void anyMultipartBodyIsReadOrInvalid(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int chunk)
      throws Exception {
    Random random = new Random(seed);
    byte[] bytes = """
        --b
        Content-Disposition: form-data; name="a"

        xyz
        --b
        Content-Disposition: form-data; name="b"; filename="../../etc/passwd"
        Content-Type: text/plain

        123
        --b--
        """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    byte[] cut = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    for (byte[] body : List.of(bytes, cut)) {
      try {
        new Multipart("b", inChunks(body, chunk)).forEach(part -> part.body().readAllBytes());
      } catch (FairwayException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
      }
    }
  }

  private static InputStream inChunks(byte[] bytes, int chunk) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(length, chunk));
      }
    };
  }

  @Property(seed = "20271", tries = 200)
  void aCallerGetsItsBurstAndThenItsRate(@ForAll @IntRange(min = 1, max = 1_000) int perSecond,
      @ForAll @IntRange(min = 0, max = 100) int burst) {
    long[] now = {Long.MAX_VALUE - 10};
    RateLimit limit = new RateLimit(perSecond, burst, () -> now[0]);
    for (int i = 0; i <= burst; i++) {
      assertThat(limit.take("a")).isZero();
    }
    long wait = limit.take("a");
    assertThat(wait).isPositive();
    assertThat(limit.take("b")).isZero();
    now[0] += wait;
    assertThat(limit.take("a")).isZero();
    assertThat(limit.take("a")).isPositive();
  }
}
