package dev.fairway.connector.flow;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.fairway.connector.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/**
 * One side of one protocol as JSON lines: an object with one member, named by the variant.
 *
 * <p>Reading is lenient: unknown members are ignored, members may have their lowerCamelCase or their snake_case name, with
 * or without {@code Json} where the protocol inlines JSON, 64-bit integers may be strings or numbers, and what is left out
 * has its default. Writing says every member, defaults too, because connectors in Python look members up without asking.
 *
 * <p>Safe for many threads.
 *
 * @param <T> the sealed interface whose cases are the variants
 */
public final class FlowCodec<T> {
  public static final FlowCodec<CaptureRequest> CAPTURE_REQUESTS = new FlowCodec<>(CaptureRequest.class);
  public static final FlowCodec<CaptureResponse> CAPTURE_RESPONSES = new FlowCodec<>(CaptureResponse.class);
  public static final FlowCodec<DeriveRequest> DERIVE_REQUESTS = new FlowCodec<>(DeriveRequest.class);
  public static final FlowCodec<DeriveResponse> DERIVE_RESPONSES = new FlowCodec<>(DeriveResponse.class);
  public static final FlowCodec<MaterializeRequest> MATERIALIZE_REQUESTS = new FlowCodec<>(MaterializeRequest.class);
  public static final FlowCodec<MaterializeResponse> MATERIALIZE_RESPONSES = new FlowCodec<>(
      MaterializeResponse.class);

  private static final JsonMapper MAPPER = mapper();

  private final Class<T> protocol;
  private final Map<String, Class<? extends T>> variants = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  private FlowCodec(Class<T> protocol) {
    this.protocol = protocol;
    for (Class<?> variant : protocol.getPermittedSubclasses()) {
      String name = nameOf(variant);
      names.add(name);
      variants.put(name, variant.asSubclass(protocol));
      variants.put(snake(name), variant.asSubclass(protocol));
    }
  }

  /** The member that carries a variant: {@code StartCommit} travels as {@code startCommit}. */
  public static String nameOf(Class<?> variant) {
    String simple = variant.getSimpleName();
    return simple.substring(0, 1).toLowerCase(Locale.ROOT) + simple.substring(1);
  }

  /** The records of its variants. */
  public List<Class<?>> variants() {
    return List.of(protocol.getPermittedSubclasses());
  }

  /** The message as one line, without its newline. */
  public byte[] encode(T message) {
    ObjectNode line = Json.object();
    line.set(nameOf(message.getClass()), MAPPER.<JsonNode>valueToTree(message));
    return Json.bytes(line);
  }

  /**
   * Reads one line.
   *
   * @throws ProtocolException when it is not a message of this side of this protocol
   */
  public T decode(byte[] line, int from, int to) {
    JsonNode tree;
    try {
      tree = Json.parse(line, from, to);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("a message of " + protocol.getSimpleName() + " is " + e.getMessage(), e);
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new ProtocolException("a message of " + protocol.getSimpleName() + " must be an object");
    }
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      Class<? extends T> variant = variants.get(member.getKey());
      if (variant != null) {
        return read(member.getKey(), member.getValue(), variant);
      }
    }
    throw new ProtocolException(
        protocol.getSimpleName() + " has no variant " + object.propertyNames() + "; it has " + names);
  }

  public T decode(byte[] line) {
    return decode(line, 0, line.length);
  }

  private static <V> V read(String name, JsonNode body, Class<V> variant) {
    try {
      return MAPPER.treeToValue(body.isNull() ? Json.object() : body, variant);
    } catch (JacksonException e) {
      throw new ProtocolException("cannot read \"" + name + "\": " + e.getOriginalMessage() + where(e), e);
    }
  }

  private static String where(JacksonException e) {
    String path = String.join("/",
        e.getPath().stream().map(r -> r.getPropertyName() == null ? "" + r.getIndex() : r.getPropertyName()).toList());
    return path.isEmpty() ? "" : " at /" + path;
  }

  /** Reads a part of a message, such as an {@code oauth2} object, as leniently as messages are read. */
  public static <V> V part(JsonNode node, Class<V> type) {
    return read(nameOf(type), node, type);
  }

  /** A part of a message as it travels. */
  public static JsonNode tree(Object part) {
    return MAPPER.valueToTree(part);
  }

  private static JsonMapper mapper() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(Packed.class, new ValueSerializer<Packed>() {
      @Override
      public void serialize(Packed value, JsonGenerator out, SerializationContext context) {
        out.writeString(value.base64());
      }
    });
    module.addDeserializer(Packed.class, new ValueDeserializer<Packed>() {
      @Override
      public Packed deserialize(JsonParser in, DeserializationContext context) {
        return Packed.ofBase64(in.getString());
      }
    });
    return JsonMapper.builder().addModule(module).annotationIntrospector(new ProtoNames())
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .changeDefaultPropertyInclusion(
            inclusion -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
        .withConfigOverride(List.class,
            override -> override.setNullHandling(JsonSetter.Value
                .forValueNulls(Nulls.AS_EMPTY)))
        .withConfigOverride(Map.class,
            override -> override.setNullHandling(JsonSetter.Value
                .forValueNulls(Nulls.AS_EMPTY)))
        .withConfigOverride(String.class, override -> override.setNullHandling(
            JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
        .build();
  }

  private static String snake(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  /** Lets every record component be read by all the names the protocol's JSON libraries use for it. */
  private static final class ProtoNames extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public List<PropertyName> findPropertyAliases(MapperConfig<?> config, Annotated annotated) {
      List<PropertyName> aliases = new ArrayList<>();
      List<PropertyName> declared = super.findPropertyAliases(config, annotated);
      if (declared != null) {
        aliases.addAll(declared);
      }
      String name = annotated.getName();
      if (annotated instanceof AnnotatedParameter parameter && parameter.getDeclaringClass().isRecord()) {
        name = parameter.getDeclaringClass().getRecordComponents()[parameter.getIndex()].getName();
      }
      if (name != null && !name.isEmpty()) {
        String snake = snake(name);
        for (String alias : List.of(snake, snake + "_json", name + "Json", snake + "_json_map")) {
          if (!alias.equals(name)) {
            aliases.add(PropertyName.construct(alias));
          }
        }
      }
      return aliases;
    }
  }
}
