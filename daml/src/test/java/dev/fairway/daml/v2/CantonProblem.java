package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Offset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An answer that is no success. */
final class CantonProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final transient Map<String, Object> body;

  CantonProblem(int status, String code, int category, int grpc, String cause, Map<String, String> context) {
    super(cause);
    this.status = status;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("code", code);
    json.put("cause", cause);
    json.put("context", context);
    json.put("errorCategory", category);
    json.put("grpcCodeValue", grpc);
    json.put("resources", List.of());
    if (category == 1) {
      json.put("retryInfo", "1 second");
    }
    this.body = json;
  }

  static CantonProblem malformed(String cause) {
    return new CantonProblem(400, "INVALID_ARGUMENT", 8, 3, cause, Map.of());
  }

  static CantonProblem pruned(Optional<Offset> oldest) {
    return new CantonProblem(400, "PARTICIPANT_PRUNED_DATA_ACCESSED", 9, 9, "pruned",
        Map.of("earliest_offset", oldest.orElse(Offset.BEGIN).value()));
  }

  /** Nobody is known by the token that came, or none came. */
  static CantonProblem unauthenticated(String cause) {
    return new CantonProblem(401, "UNAUTHENTICATED", 6, 16, cause, Map.of());
  }

  /** Of HTTP. */
  int status() {
    return status;
  }

  Map<String, Object> body() {
    return body;
  }
}
