package dev.fairway.websub.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The {@code Link} header (RFC 8288): written for topics, read when discovering them. Reading takes any text and skips what
 * it cannot read, as RFC 8288 B.2 has it.
 */
public record Links(List<Link> links) {
  public Links {
    links = List.copyOf(links);
  }

  /** One link: where to, and its relation types in lower case. */
  public record Link(String target, List<String> relations) {
    public Link {
      relations = List.copyOf(relations);
    }
  }

  /** The header's value for a topic: its hub and itself, in one header as WebSub wants it. */
  public static String of(String hub, String self) {
    return "<" + hub + ">; rel=\"hub\", <" + self + ">; rel=\"self\"";
  }

  /** Reads all {@code Link} headers of an answer. */
  public static Links parse(List<String> headers) {
    List<Link> links = new ArrayList<>();
    headers.forEach(header -> new Parser(header).read(links));
    return new Links(links);
  }

  /** The target of the first link with the relation. */
  public Optional<String> first(String relation) {
    return all(relation).stream().findFirst();
  }

  /** The targets of all links with the relation, in order. */
  public List<String> all(String relation) {
    String wanted = relation.toLowerCase(Locale.ROOT);
    return links.stream().filter(link -> link.relations().contains(wanted)).map(Link::target).toList();
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    void read(List<Link> links) {
      while (at < text.length()) {
        skip(" \t,");
        if (at >= text.length()) {
          return;
        }
        if (text.charAt(at) != '<') {
          toNextLink();
          continue;
        }
        int end = text.indexOf('>', at);
        if (end < 0) {
          return;
        }
        String target = text.substring(at + 1, end).strip();
        at = end + 1;
        links.add(new Link(target, relations()));
      }
    }

    /* Only the first "rel" of a link counts (RFC 8288, 3.3). */
    private List<String> relations() {
      Optional<String> relation = Optional.empty();
      skip(" \t");
      while (at < text.length() && text.charAt(at) == ';') {
        at++;
        skip(" \t");
        String name = until("=;, \t");
        skip(" \t");
        String value = "";
        if (at < text.length() && text.charAt(at) == '=') {
          at++;
          skip(" \t");
          value = at < text.length() && text.charAt(at) == '"' ? quoted() : until(";, \t");
        }
        if (relation.isEmpty() && name.equalsIgnoreCase("rel")) {
          relation = Optional.of(value);
        }
        skip(" \t");
      }
      toNextLink();
      return relation.map(value -> List.of(value.strip().toLowerCase(Locale.ROOT).split("\\s+"))).orElse(List.of());
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      at++;
      return value.toString();
    }

    private String until(String stops) {
      int start = at;
      while (at < text.length() && stops.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private void toNextLink() {
      while (at < text.length() && text.charAt(at) != ',') {
        if (text.charAt(at) == '"') {
          quoted();
        } else {
          at++;
        }
      }
    }
  }
}
