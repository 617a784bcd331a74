package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Turns what was thrown into an answer: the one place for each of the shapes. */
final class Errors {
  private Errors() {}

  /** An error answer, ready to send. */
  record Answer(int status, String contentType, ObjectNode body) {}

  static Answer answer(Throwable thrown, ErrorStyle style, String id) {
    return switch (style) {
      case LEGACY -> legacy(thrown, id);
      case MESSAGE -> message(thrown, id);
      case PROBLEM -> problem(thrown, id);
    };
  }

  /** The status for a code: the only such table. */
  static int status(ErrorCode code) {
    return switch (code) {
      case INVALID, EGRESS_REFUSED -> 400;
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case STORE_DOWN, STORE_CORRUPT, BUSY -> 503;
      case DISK_FULL -> 507;
      case PEER_FAILED, PEER_LIED -> 502;
      case CONFIGURATION -> 500;
    };
  }

  /** Whether it is of our making, so that an operator must see its stack. */
  static boolean unexpected(Throwable thrown) {
    return switch (thrown) {
      case LegacyError _,Problem _,Refusal _ -> false;
      case FairwayException e -> status(e.code()) == 500;
      default -> true;
    };
  }

  private static Answer message(Throwable thrown, String id) {
    return switch (thrown) {
      case Problem e -> message(e.status(), e.detail());
      case LegacyError e -> message(e.status(), e.detail().orElse(e.title()));
      case Refusal e when e.status() == 405 -> message(405, "The method is not allowed for the requested URL.");
      case Refusal e -> message(e.status(), e.detail());
      case FairwayException e when e.code() != ErrorCode.CONFIGURATION ->
        message(status(e.code()), String.valueOf(e.getMessage()));
      default -> new Answer(500, ErrorStyle.MESSAGE.contentType(),
          Json.object().put("message", "Internal Server Error").put("request_id", id));
    };
  }

  private static Answer message(int status, String text) {
    return new Answer(status, ErrorStyle.MESSAGE.contentType(), Json.object().put("message", text));
  }

  private static Answer legacy(Throwable thrown, String id) {
    return switch (thrown) {
      case LegacyError e -> legacy(e);
      case Problem e -> legacy(LegacyError.generic(e.status(), e.title(), e.detail(), List.of()));
      case Refusal e when e.mediaType().isPresent() -> legacy(unsupported(e.mediaType().get()));
      case Refusal e -> legacy(LegacyError.framework(e.status()));
      case FairwayException e when e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.TOO_LARGE ->
        legacy(LegacyError.framework(status(e.code())));
      case FairwayException e when e.code() != ErrorCode.CONFIGURATION ->
        legacy(LegacyError.generic(status(e.code()), String.valueOf(e.getMessage())));
      // Old clients may compare the text, misspelling and all; the id finds the cause in the log.
      default -> legacy(new LegacyError(500, "InternalServerError", "Unexpected server error occured.",
          List.of(Json.object().put("type", "InternalError").put("str", id))));
    };
  }

  private static Answer legacy(LegacyError e) {
    ObjectNode error = Json.object().put("status", Reasons.phrase(e.status())).put("code", e.code()).put("title",
        e.title());
    e.detail().ifPresent(detail -> error.put("detail", detail));
    e.source().ifPresent(source -> error.set("source", Json.mapper().valueToTree(source)));
    ObjectNode body = Json.object();
    body.putArray("errors").add(error);
    return new Answer(e.status(), ErrorStyle.LEGACY.contentType(), body);
  }

  private static LegacyError unsupported(Refusal.MediaType type) {
    String allowed = type.allowed().stream().map(t -> "'" + t + "'").collect(Collectors.joining(", ", "[", "]"));
    ObjectNode source = Json.object().put("value", type.sent());
    source.set("include", Json.mapper().valueToTree(type.allowed()));
    source.putArray("exclude");
    return LegacyError.generic(415,
        "Unsupported mimetype. Value: \"" + type.sent() + "\". Value must be one of " + allowed + ".", source);
  }

  private static Answer problem(Throwable thrown, String id) {
    return switch (thrown) {
      case Problem e -> problem(e, id);
      case LegacyError e -> problem(new Problem(e.status(), Problem.BLANK, e.title(), e.detail().orElse(e.title()),
          Map.of("code", e.code())), id);
      case Refusal e -> problem(new Problem(e.status(), e.detail()), id);
      case FairwayException e when e.code() != ErrorCode.CONFIGURATION -> problem(
          new Problem(status(e.code()), String.valueOf(e.getMessage())).with("code", e.code().name()), id);
      default -> problem(
          new Problem(500, "the node failed on this request; its operator finds the cause under the request id"), id);
    };
  }

  private static Answer problem(Problem e, String id) {
    ObjectNode body = Json.object().put("type", e.type().toString()).put("title", e.title()).put("status", e.status())
        .put("detail", e.detail());
    e.members().forEach((name, value) -> body.set(name, Json.mapper().valueToTree(value)));
    body.put("request_id", id);
    return new Answer(e.status(), ErrorStyle.PROBLEM.contentType(), body);
  }
}
