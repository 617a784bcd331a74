package dev.fairway.console;

import dev.fairway.web.Caller;
import dev.fairway.web.Form;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * Someone looks at a page, or presses a button.
 *
 * @param caller who
 * @param item what stands in the path below the page's own; empty for the page itself
 * @param query the query
 * @param form the fields of a button's form; empty for a look
 * @param here the base URL of this console
 * @param base the base URL before a path of the node: a door may have a listener of its own
 * @param guard the hidden field every form must carry back
 */
public record Visit(Caller caller, Optional<String> item, Form query, Form form, URI here,
    Function<String, URI> base, String guard) {
  /** A query parameter that is not blank. */
  public Optional<String> asked(String name) {
    return query.get(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** A field the form must have. */
  public String field(String name) {
    return form.get(name).orElseThrow(() -> new dev.fairway.core.FairwayException(
        dev.fairway.core.ErrorCode.INVALID, "the form lacks the field " + name));
  }

  /** A link to a path of the node. */
  public String link(String path) {
    URI there = base.apply(path);
    return there.equals(here) ? path : there + path;
  }

  /** A command that asks the node for the path; the token is asked for only where the caller needed one. */
  public String curl(String path) {
    String auth = caller.kind() == Caller.Kind.VERIFIED ? " -H \"Authorization: Bearer $TOKEN\"" : "";
    return "curl" + auth + " '" + base.apply(path) + path.replace("'", "%27") + "'";
  }

  /** A command that posts JSON to the path. */
  public String curl(String path, String json) {
    return curl(path) + " -H 'Content-Type: application/json' -d '" + json.replace("'", "'\\''") + "'";
  }
}
