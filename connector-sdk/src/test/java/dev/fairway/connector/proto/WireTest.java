package dev.fairway.connector.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WireTest {
  private static final int LIMIT = 1 << 20;

  @Test
  void aFrameIsALengthAndAMessage() {
    byte[] frame = WirePropertyTest.frames("{\"acknowledge\":{\"checkpoints\":300}}".getBytes(StandardCharsets.UTF_8),
        FlowCodec.CAPTURE_REQUESTS);
    // Field 6 of a request, three bytes long; in it field 1, the number 300.
    assertThat(frame).isEqualTo(hex("05000000 3203 08ac02"));
    assertThat(captureRequests(frame)).isEqualTo("{\"acknowledge\":{\"checkpoints\":300}}\n");
  }

  /** Written by another library (Python's protobuf) from the protocol's own files. */
  @Test
  void framesOfAnotherLibraryMeanTheSame() throws IOException {
    List<String> lines;
    try (var vectors = Objects.requireNonNull(WireTest.class.getResourceAsStream("/proto/vectors.txt"))) {
      lines = new String(vectors.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
          .toList();
    }
    assertThat(lines).hasSizeGreaterThan(20);
    for (String line : lines) {
      String[] parts = line.split("\t", 3);
      FlowCodec<?> side = side(parts[0]);
      byte[] frame = hex(parts[1]);
      JsonNode expected = Json.parse(parts[2]);
      assertThat(Json.parse(WirePropertyTest.lines(frame, side))).as(line).isEqualTo(expected);
      assertThat(Json.parse(WirePropertyTest.lines(WirePropertyTest.frames(Json.bytes(expected), side), side)))
          .isEqualTo(expected);
      assertThat(WirePropertyTest.frames(Json.bytes(expected), side)).as(line).hasSameSizeAs(frame);
    }
  }

  @Test
  void whatTheTableDoesNotKnowIsPassedOver() {
    assertThat(captureRequests(hex("0b000000 3203 08ac02 9a0603616263"))).isEqualTo(
        "{\"acknowledge\":{\"checkpoints\":300}}\n");
    assertThat(WirePropertyTest.frames(
        "{\"acknowledge\":{\"checkpoints\":1,\"news\":{\"a\":[]}}}".getBytes(StandardCharsets.UTF_8),
        FlowCodec.CAPTURE_REQUESTS)).isEqualTo(hex("04000000 3202 0801"));
  }

  @Test
  void newLinesWithinJsonBecomeSpaces() {
    String pretty = HexFormat.of().formatHex("{\n\"a\": 1\n}".getBytes(StandardCharsets.UTF_8));
    assertThat(new String(WirePropertyTest.lines(hex("0e000000 320c 120a" + pretty), FlowCodec.CAPTURE_RESPONSES),
        StandardCharsets.UTF_8)).isEqualTo("{\"captured\":{\"doc\":{ \"a\": 1 }}}\n");
  }

  @Test
  void aStreamThatEndsInsideAFrameSaysWhere() {
    assertThatThrownBy(() -> read(hex("0500"))).isInstanceOf(EOFException.class)
        .hasMessage("the stream ends after 2 of the 4 bytes of a message's length");
    assertThatThrownBy(() -> read(hex("05000000 3203"))).isInstanceOf(EOFException.class)
        .hasMessage("the stream ends inside a message, after 2 of its 5 bytes");
  }

  @Test
  void aLengthThatLiesIsRefusedBeforeMemoryIsTaken() {
    assertThatThrownBy(() -> read(hex("ffffffff 3203"))).isInstanceOf(ProtocolException.class)
        .hasMessage("a message says it has 4294967295 bytes, and 1048576 are the limit");
    assertThatThrownBy(() -> read("{\"spec\":{}}\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ProtocolException.class).hasMessageContaining("it begins as JSON does: {\"spec\":{}}");
    // A length that is too short cuts the message.
    assertThatThrownBy(() -> read(hex("04000000 3203 08ac02"))).isInstanceOf(ProtocolException.class)
        .hasMessageContaining("a message of 4 bytes cannot be read as capture.Request");
  }

  @Test
  void junkIsToldByFieldAndMessage() {
    assertThatThrownBy(() -> read(hex("02000000 3001"))).isInstanceOf(ProtocolException.class)
        .hasMessageContaining("field 6 (acknowledge) of capture.Request has wire type 0, not 2");
    assertThatThrownBy(() -> WirePropertyTest.lines(hex("05000000 3203 12017b"), FlowCodec.CAPTURE_RESPONSES))
        .isInstanceOf(ProtocolException.class).hasMessageContaining("field 2 (doc) is not JSON");
    assertThatThrownBy(() -> WirePropertyTest.lines(hex("05000000 2203 0a01ff"), FlowCodec.CAPTURE_RESPONSES))
        .isInstanceOf(ProtocolException.class).hasMessageContaining("field 1 (actionDescription) is not UTF-8");
    assertThatThrownBy(() -> WirePropertyTest.frames(
        "{\"open\":{\"capture\":{\"connectorType\":\"PIGEON\"}}}".getBytes(StandardCharsets.UTF_8),
        FlowCodec.CAPTURE_REQUESTS)).isInstanceOf(ProtocolException.class)
        .hasMessageContaining("connectorType is \"PIGEON\"; there are [INVALID, IMAGE, LOCAL]");
  }

  @Test
  void aLineThatIsNoMessageIsNotTheBeginningOfTheNext() throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    OutputStream out = Wire.PROTO.lines(frames, FlowCodec.CAPTURE_REQUESTS);
    assertThatThrownBy(() -> out.write("{\"acknowledge\":7}\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ProtocolException.class);
    out.write("{\"acknowledge\":{\"checkpoints\":300}}\n".getBytes(StandardCharsets.UTF_8));
    assertThat(frames.toByteArray()).isEqualTo(hex("05000000 3203 08ac02"));
  }

  /** A member of a record that the table did not know would be lost in silence. */
  @Test
  void everyMemberOfAMessageHasAField() {
    List<String> missing = new ArrayList<>();
    for (FlowCodec<?> side : WirePropertyTest.SIDES) {
      for (Class<?> variant : side.variants()) {
        Shape root = FlowShapes.of(side);
        Shape.Field field = root.field(FlowCodec.nameOf(variant));
        if (field == null) {
          missing.add(root.name() + "." + FlowCodec.nameOf(variant));
        } else {
          missing(variant, field.message(), new HashSet<>(), missing);
        }
      }
    }
    // Ports are a derivation's own matter since v0.6 of the protocol's files; ours are never sent.
    assertThat(missing).containsExactly("Request.Validate.networkPorts");
  }

  private static void missing(Class<?> type, Shape shape, Set<Class<?>> seen, List<String> missing) {
    if (!seen.add(type)) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      Shape.Field field = shape.field(component.getName());
      if (field == null) {
        missing.add(shape.name() + "." + component.getName());
      } else if (field.kind() == Kind.MESSAGE && element(component.getGenericType()).isRecord()) {
        missing(element(component.getGenericType()), field.message(), seen, missing);
      }
    }
  }

  private static Class<?> element(Type type) {
    return type instanceof ParameterizedType generic
        ? element(generic.getActualTypeArguments()[generic.getRawType() == Map.class ? 1 : 0])
        : (Class<?>) type;
  }

  private static void read(byte[] frames) throws IOException {
    Wire.PROTO.lines(new ByteArrayInputStream(frames), FlowCodec.CAPTURE_REQUESTS, LIMIT).readAllBytes();
  }

  private static String captureRequests(byte[] frames) {
    String lines = new String(WirePropertyTest.lines(frames, FlowCodec.CAPTURE_REQUESTS), StandardCharsets.UTF_8);
    assertThat(FlowCodec.CAPTURE_REQUESTS.decode(lines.strip().getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CaptureRequest.class);
    return lines;
  }

  private static FlowCodec<?> side(String name) {
    return WirePropertyTest.SIDES.stream().filter(side -> FlowShapes.of(side).name().equals(name)).findFirst()
        .orElseThrow();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
