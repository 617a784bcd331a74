package dev.fairway.automation.metadata;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A YAML document that remembers where each value stands. */
sealed interface YamlTree {
  /** Deepest nesting. */
  int DEPTH = 50;
  /** Most characters. */
  int SIZE = 4 << 20;

  Place place();

  /** A line and a column, both from 1. */
  record Place(int line, int column) {
    @Override
    public String toString() {
      return "line " + line + ", column " + column;
    }
  }

  /** How YAML read a scalar. */
  enum Type {
    TEXT, NUMBER, TRUTH, NONE
  }

  record Scalar(Place place, Type type, String text) implements YamlTree {}

  record Sequence(Place place, List<YamlTree> items) implements YamlTree {}

  record Mapping(Place place, SequencedMap<String, YamlTree> entries) implements YamlTree {}

  /** @throws FairwayException with {@code INVALID} and the place when it is not one YAML document, or too large */
  static YamlTree parse(String yaml) {
    if (yaml.length() > SIZE) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "YAML of " + yaml.length() + " characters; at most " + SIZE);
    }
    try (JsonParser parser = new YAMLFactory().createParser(tools.jackson.core.ObjectReadContext.empty(), yaml)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return new Mapping(new Place(1, 1), new LinkedHashMap<>());
      }
      YamlTree tree = read(parser, 0);
      if (parser.nextToken() != null) {
        throw new FairwayException(ErrorCode.INVALID, place(parser) + ": only one document is allowed");
      }
      return tree;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("unreadable");
      throw new FairwayException(ErrorCode.INVALID, at == null || at.getLineNr() < 1
          ? "not YAML: " + why
          : new Place(at.getLineNr(), at.getColumnNr()) + ": not YAML: " + why, e);
    }
  }

  private static YamlTree read(JsonParser parser, int depth) {
    Place place = place(parser);
    if (depth > DEPTH) {
      throw new FairwayException(ErrorCode.INVALID, place + ": nested deeper than " + DEPTH);
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var entries = new LinkedHashMap<String, YamlTree>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          Place at = place(parser);
          parser.nextToken();
          if (entries.put(name, read(parser, depth + 1)) != null) {
            throw new FairwayException(ErrorCode.INVALID, at + ": " + name + " is there twice");
          }
        }
        yield new Mapping(place, entries);
      }
      case START_ARRAY -> {
        var items = new ArrayList<YamlTree>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser, depth + 1));
        }
        yield new Sequence(place, items);
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar(place, Type.NUMBER, parser.getString());
      case VALUE_TRUE, VALUE_FALSE -> new Scalar(place, Type.TRUTH, parser.getString());
      case VALUE_NULL -> new Scalar(place, Type.NONE, "");
      default -> new Scalar(place, Type.TEXT, parser.getString());
    };
  }

  private static Place place(JsonParser parser) {
    TokenStreamLocation at = parser.currentTokenLocation();
    return new Place(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }
}
