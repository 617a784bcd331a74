package dev.fairway.web;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the HTTP layer answers by itself, to requests that never became a call: in the same two shapes as all else. */
final class ErrorPages extends ErrorHandler {
  private final Function<String, ErrorStyle> style;

  ErrorPages(Function<String, ErrorStyle> style) {
    this.style = style;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Object code = request.getAttribute(ErrorHandler.ERROR_STATUS);
    if (code instanceof Integer number) {
      status = number;
    }
    String path = request.getHttpURI() == null ? null : request.getHttpURI().getPath();
    Errors.Answer answer = answer(status, path);
    byte[] body = Json.bytes(answer.body());
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  private Errors.Answer answer(int status, @Nullable String path) {
    int told = status < 400 ? 500 : status;
    String detail = switch (told) {
      case 400 -> "the request is not well-formed HTTP, or its path is ambiguous";
      case 408 -> "the request did not come in time";
      case 414 -> "the request line is too long";
      case 431 -> "the headers are too large";
      case 503 -> "the node is busy or stopping";
      default -> HttpStatus.getMessage(told);
    };
    return Errors.answer(new Refusal(told, detail), path == null ? ErrorStyle.PROBLEM : style.apply(path),
        UUID.randomUUID().toString());
  }
}
