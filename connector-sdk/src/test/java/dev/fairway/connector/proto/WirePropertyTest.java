package dev.fairway.connector.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Shape.Field;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class WirePropertyTest {
  static final List<FlowCodec<?>> SIDES = List.of(FlowCodec.CAPTURE_REQUESTS, FlowCodec.CAPTURE_RESPONSES,
      FlowCodec.DERIVE_REQUESTS, FlowCodec.DERIVE_RESPONSES, FlowCodec.MATERIALIZE_REQUESTS,
      FlowCodec.MATERIALIZE_RESPONSES);

  @Property(tries = 600, seed = "20261122")
  void everyMessageComesBackAsItWas(@ForAll("sides") FlowCodec<?> side, @ForAll long seed) {
    JsonNode message = message(FlowShapes.of(side), new Random(seed), 4);
    assertThat(Json.parse(lines(frames(Json.bytes(message), side), side))).isEqualTo(message);
  }

  @Property(tries = 300, seed = "20261122")
  void piecesOfAStreamMakeTheSameLines(@ForAll("sides") FlowCodec<?> side, @ForAll long seed) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    try (LinesAsFrames out = new LinesAsFrames(frames, FlowShapes.of(side))) {
      for (int i = 0; i < 5; i++) {
        byte[] line = (Json.text(message(FlowShapes.of(side), random, 2)) + "\n").getBytes(StandardCharsets.UTF_8);
        said.write(line);
        int cut = random.nextInt(line.length);
        out.write(line, 0, cut);
        out.write(line, cut, line.length - cut);
      }
    }
    byte[] all = frames.toByteArray();
    ByteArrayInputStream drops = new ByteArrayInputStream(all) {
      @Override
      public int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
    List<String> heard = new String(Wire.PROTO.lines(drops, side, 1 << 20).readAllBytes(), StandardCharsets.UTF_8)
        .lines().toList();
    assertThat(heard.stream().map(Json::parse))
        .isEqualTo(said.toString(StandardCharsets.UTF_8).lines().map(Json::parse).toList());
  }

  @Property(tries = 1000, seed = "20261122")
  void junkIsRefusedAndNothingElseHappens(@ForAll("sides") FlowCodec<?> side, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] frame = frames(Json.bytes(message(FlowShapes.of(side), random, 3)), side);
    for (int i = 0; i < 3; i++) {
      frame[random.nextInt(frame.length)] = (byte) random.nextInt();
    }
    try {
      new String(lines(frame, side), StandardCharsets.UTF_8).lines().forEach(Json::parse);
    } catch (ProtocolException | UncheckedIOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Provide
  Arbitrary<FlowCodec<?>> sides() {
    return Arbitraries.of(SIDES);
  }

  static byte[] frames(byte[] line, FlowCodec<?> side) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    try (var out = Wire.PROTO.lines(frames, side)) {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frames.toByteArray();
  }

  static byte[] lines(byte[] frames, FlowCodec<?> side) {
    try {
      return Wire.PROTO.lines(new ByteArrayInputStream(frames), side, 1 << 20).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message by the table; what has its default is left out, as libraries do. */
  static ObjectNode message(Shape shape, Random random, int depth) {
    ObjectNode message = Json.object();
    for (Field field : shape.fields()) {
      boolean flat = field.kind() != Kind.MESSAGE;
      if (random.nextInt(3) > 0 || (!flat && depth == 0)) {
        continue;
      }
      switch (field.count()) {
        case ONE -> message.set(field.name(), value(field, random, depth));
        case MANY -> {
          ArrayNode array = message.putArray(field.name());
          for (int i = 0; i <= random.nextInt(3); i++) {
            array.add(value(field, random, depth));
          }
        }
        case MAP -> {
          ObjectNode map = message.putObject(field.name());
          for (int i = 0; i <= random.nextInt(3); i++) {
            map.set("k/" + i + "\u00e9\"", value(field, random, depth));
          }
        }
      }
    }
    return message;
  }

  private static JsonNode value(Field field, Random random, int depth) {
    long bits = random.nextLong();
    return switch (field.kind()) {
      case MESSAGE -> message(field.message(), random, depth - 1);
      case JSON -> Json.parse(List.of("{\"a\":[1.10,9007199254740993,null]}", "[]", "true", "\"\u20ac\\n\"", "{}")
          .get(random.nextInt(5)));
      case STRING -> text(List.of("a", "\u00fc\u20ac\ud83d\ude00", "\"\\\n\u0000", "1").get(random.nextInt(4)));
      case BYTES -> {
        byte[] bytes = new byte[1 + random.nextInt(9)];
        random.nextBytes(bytes);
        yield text(Base64.getEncoder().encodeToString(bytes));
      }
      case BOOL -> Json.parse("true");
      case UINT32, FIXED32 -> Json.parse(Long.toString((bits & 0xffffffffL) | 1));
      case INT32 -> Json.parse(Integer.toString((int) bits | 1));
      case INT64 -> text(Long.toString(bits | 1));
      case FIXED64 -> text(Long.toUnsignedString(bits | 1));
      case DOUBLE -> Json.parse(Double.toString(random.nextGaussian()));
      case ENUM -> {
        int number = 1 + random.nextInt(field.values().size() + 1);
        boolean named = number < field.values().size() && !field.values().get(number).isEmpty();
        yield named ? text(field.values().get(number)) : Json.parse("" + number);
      }
      case DURATION -> text(List.of("1s", "172800s", "0.500s", "-3.000000001s").get(random.nextInt(4)));
      case TIMESTAMP -> text(List.of("2024-01-02T03:04:05Z", "1969-12-31T23:59:59.500Z").get(random.nextInt(2)));
    };
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.stringNode(text);
  }
}
