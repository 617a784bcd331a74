package dev.fairway.automation.runtime;

import dev.fairway.web.Call;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * An answer of the integrations' door that ends a call: a status, a code for programs and a description for people.
 *
 * @param commandId of the commands that it is about, if it is about any
 */
record CodedRefusal(int status, String code, String description, Optional<String> commandId) {
  CodedRefusal(int status, String code, String description) {
    this(status, code, description, Optional.empty());
  }

  void answer(Call call) throws IOException {
    var members = new LinkedHashMap<String, Object>();
    members.put("code", code);
    members.put("description", description);
    commandId.ifPresent(id -> members.put("commandId", id));
    call.text(status, SpacedJson.TYPE, SpacedJson.write(members));
  }
}
