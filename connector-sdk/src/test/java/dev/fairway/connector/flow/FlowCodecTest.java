package dev.fairway.connector.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowCodecTest {
  @Test
  void readsWhatProtobufLibrariesWrite() {
    CaptureRequest request = capture("""
        {"open":{"capture":{"name":"acme/src","connectorType":"LOCAL","config":{"n":2},"intervalSeconds":300,
         "bindings":[{"resourceConfig":{"name":"a"},"resourcePath":["a"],
           "collection":{"name":"acme/a","key":["/id"],"writeSchema":{"type":"object"}},"stateKey":"a"}]},
         "version":"1","range":{"keyEnd":4294967295,"rClockEnd":4294967295}}}""");
    assertThat(request).isInstanceOfSatisfying(CaptureRequest.Open.class, open -> {
      assertThat(open.range()).isEqualTo(RangeSpec.FULL);
      assertThat(open.state()).isEqualTo(Json.object());
      assertThat(open.capture().bindings()).singleElement().satisfies(binding -> {
        assertThat(binding.collection().key()).containsExactly("/id");
        assertThat(binding.backfill()).isZero();
      });
    });
  }

  @Test
  void readsOriginalFieldNamesToo() {
    assertThat(capture("{\"open\":{\"capture\":{\"interval_seconds\":5,\"config_json\":{\"a\":1}},\"state_json\":{}}}"))
        .isInstanceOfSatisfying(CaptureRequest.Open.class, open -> {
          assertThat(open.capture().intervalSeconds()).isEqualTo(5);
          assertThat(open.capture().config()).isEqualTo(Json.parse("{\"a\":1}"));
        });
    assertThat(response("{\"sourcedSchema\":{\"schema_json\":{\"type\":\"object\"}}}"))
        .isEqualTo(new CaptureResponse.SourcedSchema(0, Json.parse("{\"type\":\"object\"}")));
    assertThat(response("{\"sourced_schema\":{\"binding\":1,\"documentSchema\":true}}"))
        .isEqualTo(new CaptureResponse.SourcedSchema(1, Json.parse("true")));
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    assertThat(response("{\"captured\":{\"doc\":{}}}")).isEqualTo(new CaptureResponse.Captured(0, Json.object()));
    assertThat(response("{\"opened\":{}}")).isEqualTo(new CaptureResponse.Opened(false));
    assertThat(response("{\"checkpoint\":{}}")).isEqualTo(new CaptureResponse.Checkpoint(null));
    assertThat(response("{\"checkpoint\":{\"state\":null}}")).isEqualTo(new CaptureResponse.Checkpoint(null));
    assertThat(response("{\"checkpoint\":{\"state\":{\"updated\":{\"a\":1}}}}"))
        .isEqualTo(new CaptureResponse.Checkpoint(new ConnectorState(Json.parse("{\"a\":1}"), false)));
  }

  @Test
  void unknownMembersAreIgnored() {
    assertThat(response("{\"$internal\":\"AA==\",\"opened\":{\"explicitAcknowledgements\":true,\"news\":[]}}"))
        .isEqualTo(new CaptureResponse.Opened(true));
  }

  @Test
  void numbersOfSixtyFourBitsMayBeStrings() {
    DeriveRequest read = FlowCodec.DERIVE_REQUESTS.decode(bytes("""
        {"read":{"transform":1,"uuid":{"node":"140737488356353","clock":8123456789},
        "shuffle":{"key":["a"],"packed":"AmEA","hash":123},"doc":{"id":"a"}}}"""));
    assertThat(read).isEqualTo(new DeriveRequest.Read(1, new DeriveRequest.UuidParts("140737488356353", "8123456789"),
        new DeriveRequest.Shuffle(List.of(Json.parse("\"a\"")), Packed.ofBase64("AmEA"), 123),
        Json.parse("{\"id\":\"a\"}")));
  }

  @Test
  void writesDefaultsForThoseWhoLookThemUp() {
    String line = new String(FlowCodec.CAPTURE_REQUESTS.encode(
        new CaptureRequest.Open(new CaptureSpec("a/b", "LOCAL", Json.object(), List.of(), 0, Json.object(),
            Json.object(), Json.array()), "1", RangeSpec.FULL, Json.object())),
        StandardCharsets.UTF_8);
    assertThat(line).isEqualTo("{\"open\":{\"capture\":{\"name\":\"a/b\",\"connectorType\":\"LOCAL\",\"config\":{},"
        + "\"bindings\":[],\"intervalSeconds\":0,\"shardTemplate\":{},\"recoveryLogTemplate\":{},\"networkPorts\":[]},"
        + "\"version\":\"1\",\"range\":{\"keyBegin\":0,\"keyEnd\":4294967295,\"rClockBegin\":0,"
        + "\"rClockEnd\":4294967295},\"state\":{}}}");
  }

  @Test
  void storesAndLoadsKeepTheirPackedTuples() {
    MaterializeRequest store = new MaterializeRequest.Store(0, Packed.ofBase64("AmEA"), Packed.ofBase64("FQE="),
        Json.parse("{\"id\":\"a\",\"n\":1.10}"), true, false);
    byte[] line = FlowCodec.MATERIALIZE_REQUESTS.encode(store);
    assertThat(new String(line, StandardCharsets.UTF_8)).contains("\"n\":1.10");
    assertThat(FlowCodec.MATERIALIZE_REQUESTS.decode(line)).isEqualTo(store);
  }

  @Test
  void constraintsAreReadByNameAndByNumber() {
    MaterializeResponse validated = FlowCodec.MATERIALIZE_RESPONSES.decode(bytes("""
        {"validated":{"bindings":[{"resourcePath":["t"],"constraints":{"id":{"type":1,"reason":"key"},
        "n":{"type":"FIELD_OPTIONAL"}}}]}}"""));
    assertThat(validated).isInstanceOfSatisfying(MaterializeResponse.Validated.class,
        v -> assertThat(v.bindings().getFirst().constraints()).isEqualTo(
            Map.of("id", new MaterializeResponse.Constraint("FIELD_REQUIRED", "key", ""), "n",
                new MaterializeResponse.Constraint("FIELD_OPTIONAL", "", ""))));
  }

  @Test
  void saysWhatWasWrongWithAMessage() {
    assertThatThrownBy(() -> response("{\"captred\":{}}")).isInstanceOf(ProtocolException.class)
        .hasMessageContaining("no variant [captred]").hasMessageContaining("captured");
    assertThatThrownBy(() -> response("[]")).hasMessageContaining("must be an object");
    assertThatThrownBy(() -> response("hello")).hasMessageContaining("not JSON");
    assertThatThrownBy(() -> response("{\"captured\":{\"binding\":{}}}")).hasMessageContaining("/binding");
  }

  @Test
  void stateKeysAreAsPersisted() {
    assertThat(StateKey.of(List.of("key_value"), 0)).isEqualTo("key_value");
    assertThat(StateKey.of(List.of("key_value"), 1)).isEqualTo("key_value.v1");
    assertThat(StateKey.of(List.of("a/cdc/table+baz"), 3)).isEqualTo("a%2Fcdc%2Ftable+baz.v3");
    assertThat(StateKey.of(List.of("ns", "Ä b"), 0)).isEqualTo("ns/Ä%20b");
  }

  private static CaptureRequest capture(String line) {
    return FlowCodec.CAPTURE_REQUESTS.decode(bytes(line));
  }

  private static CaptureResponse response(String line) {
    return FlowCodec.CAPTURE_RESPONSES.decode(bytes(line));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
