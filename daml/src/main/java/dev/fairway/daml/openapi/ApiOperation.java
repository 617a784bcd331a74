package dev.fairway.daml.openapi;

import java.util.List;
import java.util.Optional;

/**
 * An operation, as it is generated.
 *
 * @param name of the request's template
 * @param response of the response's template
 * @param body of the response's variant
 */
record ApiOperation(String name, String response, String body, Optional<String> operationId, String method, String path,
    List<Group> groups, Optional<RequestBody> requestBody, List<Answer> answers, String unexpected,
    String transportError) {
  /** Parameters of one place: {@code path}, {@code query}, {@code header} or {@code cookie}. */
  record Group(String place, String field, String type, List<Parameter> parameters) {}

  record Parameter(String original, String field, ApiType type, Optional<String> style, Optional<Boolean> explode) {}

  record RequestBody(ApiType type, String mediaType) {}

  /** @param status three digits, a range such as {@code 2XX}, or {@code default} */
  record Answer(String status, String constructor, Optional<ApiType> type, Optional<String> mediaType) {}
}
