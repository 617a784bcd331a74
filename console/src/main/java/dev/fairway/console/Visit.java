package dev.fairway.console;

import dev.fairway.web.Caller;
import dev.fairway.web.Form;
import java.util.Optional;

/**
 * Someone looks at a page, or presses a button.
 *
 * @param caller who
 * @param item what stands in the path below the page's own; empty for the page itself
 * @param query the query
 * @param form the fields of a button's form; empty for a look
 * @param base the node's base URL, for commands to copy
 * @param guard the hidden field every form must carry back
 */
public record Visit(Caller caller, Optional<String> item, Form query, Form form, String base, String guard) {
  /** A query parameter that is not blank. */
  public Optional<String> asked(String name) {
    return query.get(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** A field the form must have. */
  public String field(String name) {
    return form.get(name).orElseThrow(() -> new dev.fairway.core.FairwayException(
        dev.fairway.core.ErrorCode.INVALID, "the form lacks the field " + name));
  }

  /** A command that asks the node for the path; the token is asked for only where the caller needed one. */
  public String curl(String path) {
    String auth = caller.kind() == Caller.Kind.VERIFIED ? " -H \"Authorization: Bearer $TOKEN\"" : "";
    return "curl" + auth + " '" + base + path.replace("'", "%27") + "'";
  }
}
