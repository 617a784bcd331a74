package dev.fairway.automation.caller;

import dev.fairway.automation.caller.ApiMapping.Body;
import dev.fairway.automation.caller.ApiMapping.Declaration;
import dev.fairway.automation.caller.ApiMapping.Operation;
import dev.fairway.automation.caller.ApiMapping.Parameter;
import dev.fairway.automation.caller.ApiMapping.ValueType;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Makes of a request on the ledger the HTTP call it stands for. Parameters are written as their style says.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.1.html#style-values">OpenAPI Specification, style values</a>
 */
final class ApiCalls {
  private static final String BOUNDARY = "fairway-0f4e2a6c91";

  private final URI base;
  private final ApiMapping mapping;
  private final ApiValues values;

  ApiCalls(URI base, ApiMapping mapping) {
    this.base = base;
    this.mapping = mapping;
    this.values = new ApiValues(mapping.declarations());
  }

  OutsideCall call(Operation operation, LedgerValue.Struct payload) {
    String path = operation.path();
    List<String> query = new ArrayList<>();
    List<String> cookies = new ArrayList<>();
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      JsonNode json = values.json(parameter.type(), field(payload, parameter.field()));
      if (json.isNull()) {
        continue;
      }
      switch (parameter.in()) {
        case "path" -> path = path.replace("{" + parameter.name() + "}", encoded(joined(json, ",")));
        case "query" -> query(parameter, json, query);
        case "header" -> headers.add(Map.entry(parameter.name(), joined(json, ",")));
        default -> cookies.add(parameter.name() + "=" + encoded(joined(json, ",")));
      }
    }
    String root = base.toString().replaceAll("/+$", "");
    URI url = URI.create(root + path + (query.isEmpty() ? "" : "?" + String.join("&", query)));
    OutsideCall call = operation.body().flatMap(body -> body(operation, body, payload, url))
        .orElseGet(() -> operation.method().equals("GET")
            ? OutsideCall.get(url)
            : OutsideCall.of(operation.method(), url, "application/json", new byte[0]));
    for (Map.Entry<String, String> header : headers) {
      call = call.header(header.getKey(), header.getValue());
    }
    return cookies.isEmpty() ? call : call.header("Cookie", String.join("; ", cookies));
  }

  private static LedgerValue field(LedgerValue.Struct payload, List<String> path) {
    LedgerValue value = payload;
    for (String name : path) {
      value = ((LedgerValue.Struct) value).get(name);
    }
    return value;
  }

  private static void query(Parameter parameter, JsonNode json, List<String> query) {
    String style = parameter.style().orElse("form");
    String name = encoded(parameter.name());
    if (json.isArray()) {
      // Of OpenAPI 3, lists are told one by one unless told otherwise; of 2.0, by commas.
      boolean each = style.equals("multi") || (style.equals("form") && parameter.explode().orElse(true));
      String between = switch (style) {
        case "ssv", "spaceDelimited" -> "%20";
        case "pipes", "pipeDelimited" -> "%7C";
        case "tsv" -> "%09";
        default -> ",";
      };
      List<String> items = json.valueStream().map(item -> encoded(plain(item))).toList();
      if (each) {
        items.forEach(item -> query.add(name + "=" + item));
      } else {
        query.add(name + "=" + String.join(between, items));
      }
    } else if (json.isObject()) {
      boolean deep = style.equals("deepObject");
      json.properties().forEach(entry -> query.add((deep
          ? name + "%5B" + encoded(entry.getKey()) + "%5D"
          : encoded(entry.getKey())) + "=" + encoded(plain(entry.getValue()))));
    } else {
      query.add(name + "=" + encoded(plain(json)));
    }
  }

  private Optional<OutsideCall> body(Operation operation, Body body, LedgerValue.Struct payload, URI url) {
    LedgerValue value = payload.get(body.field());
    ValueType type = body.type();
    if (value instanceof LedgerValue.Opt(Optional<LedgerValue> inner)
        && type instanceof ValueType.OptionalOf(ValueType of)) {
      if (inner.isEmpty()) {
        return Optional.empty();
      }
      value = inner.get();
      type = of;
    }
    JsonNode json = values.json(type, value);
    String media = body.mediaType();
    if (media.startsWith("multipart/")) {
      return Optional.of(OutsideCall.of(operation.method(), url, media + "; boundary=" + BOUNDARY, parts(type, json)));
    }
    byte[] bytes = bytes(type, json, media);
    return Optional.of(OutsideCall.of(operation.method(), url, media, bytes));
  }

  private static byte[] bytes(ValueType type, JsonNode json, String media) {
    if (media.contains("x-www-form-urlencoded")) {
      List<String> fields = new ArrayList<>();
      json.properties().forEach(entry -> fields.add(encoded(entry.getKey()) + "=" + encoded(joined(entry.getValue(),
          ","))));
      return String.join("&", fields).getBytes(StandardCharsets.UTF_8);
    }
    if (type.equals(new ValueType.Plain("base64"))) {
      return decoded(json.asString());
    }
    String text = media.matches("application/(.*\\+)?json(;.*)?") ? Json.text(json) : json.asString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /* RFC 7578. What is a file is so by its type: bytes. */
  private byte[] parts(ValueType type, JsonNode json) {
    var out = new ByteArrayOutputStream();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      boolean file = isFile(type, entry.getKey());
      String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + quoted(entry.getKey()) + "\""
          + (file ? "; filename=\"" + quoted(entry.getKey()) + "\"\r\nContent-Type: application/octet-stream" : "")
          + "\r\n\r\n";
      out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
      out.writeBytes(file
          ? decoded(entry.getValue().asString())
          : joined(entry.getValue(), ",").getBytes(StandardCharsets.UTF_8));
      out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    out.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private boolean isFile(ValueType type, String name) {
    return type instanceof ValueType.Ref(String ref)
        && mapping.declarations().get(ref) instanceof Declaration.Struct(List<Declaration.Field> fields)
        && fields.stream().filter(field -> field.name().equals(name)).map(Declaration.Field::type)
            .map(of -> of instanceof ValueType.OptionalOf(ValueType inner) ? inner : of)
            .anyMatch(new ValueType.Plain("base64")::equals);
  }

  private static String quoted(String name) {
    return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "what stands for bytes is no base64: " + e.getMessage(), e);
    }
  }

  private static String joined(JsonNode json, String between) {
    return json.isArray() ? String.join(between, json.valueStream().map(ApiCalls::plain).toList()) : plain(json);
  }

  private static String plain(JsonNode json) {
    return json.isString() ? json.stringValue() : Json.text(json);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
