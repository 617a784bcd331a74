package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Command;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook answers: a status and a body, and commands for the ledger.
 *
 * @param status 200 to 599
 */
public record WebhookResponse(int status, Body body, List<Command> commands) {
  /** The content. */
  public sealed interface Body {
    /** A tree of maps, lists, strings, numbers, truth values and null, or a record made of them. */
    record Json(@Nullable Object tree) implements Body {}

    /** Bytes as they are. */
    final class Bytes implements Body {
      private final byte[] content;
      private final String contentType;

      public Bytes(byte[] content, String contentType) {
        this.content = content.clone();
        this.contentType = contentType;
      }

      public byte[] content() {
        return content.clone();
      }

      public String contentType() {
        return contentType;
      }
    }
  }

  public WebhookResponse {
    commands = List.copyOf(commands);
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status must be 200 to 599, is " + status);
    }
  }

  public static WebhookResponse json(@Nullable Object tree) {
    return new WebhookResponse(200, new Body.Json(tree), List.of());
  }

  public static WebhookResponse text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8");
  }

  public static WebhookResponse bytes(byte[] content, String contentType) {
    return new WebhookResponse(200, new Body.Bytes(content, contentType), List.of());
  }

  /** Status 200 and the text {@code 200: OK}. */
  public static WebhookResponse ok() {
    return text("200: OK");
  }

  /** Status 200, no body, {@code application/json}: what a handler answers that has nothing to say. */
  public static WebhookResponse empty() {
    return bytes(new byte[0], "application/json");
  }

  public static WebhookResponse badRequest(String code, String description) {
    return error(400, code, description);
  }

  public static WebhookResponse unauthorized(String code, String description) {
    return error(401, code, description);
  }

  public static WebhookResponse forbidden(String code, String description) {
    return error(403, code, description);
  }

  public static WebhookResponse notFound(String code, String description) {
    return error(404, code, description);
  }

  public static WebhookResponse internalServerError(String code, String description) {
    return error(500, code, description);
  }

  /** Commands to be sent as one transaction. */
  public WebhookResponse with(Command... more) {
    return new WebhookResponse(status, body, Arrays.asList(more));
  }

  public WebhookResponse status(int value) {
    return new WebhookResponse(value, body, commands);
  }

  private static WebhookResponse error(int status, String code, String description) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("code", code);
    tree.put("description", description);
    return json(tree).status(status);
  }
}
