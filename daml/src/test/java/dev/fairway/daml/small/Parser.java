package dev.fairway.daml.small;

import dev.fairway.daml.small.Syntax.Body;
import dev.fairway.daml.small.Syntax.Choice;
import dev.fairway.daml.small.Syntax.Constructor;
import dev.fairway.daml.small.Syntax.Create;
import dev.fairway.daml.small.Syntax.Data;
import dev.fairway.daml.small.Syntax.Template;
import dev.fairway.daml.small.Syntax.TypeUse;
import dev.fairway.daml.small.Tokens.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a module.
 *
 * @see <a href="https://docs.digitalasset.com/build/3.4/reference/daml/reference.html">Daml language reference</a>
 */
final class Parser {
  private final Tokens tokens;

  Parser(String source) {
    this.tokens = new Tokens(source);
  }

  Syntax.Module module() {
    tokens.expect("module");
    String name = tokens.upper();
    tokens.expect("where");
    List<String> imports = new ArrayList<>();
    while (tokens.take("import")) {
      String imported = tokens.upper();
      imports.add(imported);
      if (imported.equals("DA.TextMap")) {
        tokens.expect("(", "TextMap", ")");
      }
    }
    List<Data> data = new ArrayList<>();
    List<Template> templates = new ArrayList<>();
    while (!tokens.atEnd()) {
      if (tokens.peek().column() != 1) {
        throw tokens.wrong("a declaration begins a line");
      }
      if (tokens.take("data")) {
        data.add(data());
      } else {
        tokens.expect("template");
        templates.add(template());
      }
    }
    return new Syntax.Module(name, imports, data, templates);
  }

  private Data data() {
    String name = tokens.upper();
    tokens.expect("=");
    List<Constructor> constructors = new ArrayList<>();
    boolean ofFields = false;
    do {
      String constructor = tokens.upper();
      if (tokens.take("{")) {
        tokens.expect("}");
        ofFields = true;
        constructors.add(new Constructor(constructor, Optional.empty(), Map.of()));
      } else if (tokens.sees("with")) {
        ofFields = true;
        constructors.add(new Constructor(constructor, Optional.empty(), fields()));
      } else if (tokens.sees("|") || tokens.sees("deriving")) {
        constructors.add(new Constructor(constructor, Optional.empty(), Map.of()));
      } else {
        constructors.add(new Constructor(constructor, Optional.of(atom()), Map.of()));
      }
    } while (tokens.take("|"));
    Set<String> deriving = deriving();
    if (!ofFields || constructors.size() > 1) {
      return new Data(name, new Body.Constructors(constructors), deriving);
    }
    if (!constructors.getFirst().name().equals(name)) {
      throw tokens.wrong("the constructor of the record " + name + " has another name");
    }
    return new Data(name, new Body.Fields(constructors.getFirst().fields()), deriving);
  }

  private Set<String> deriving() {
    Set<String> classes = new HashSet<>();
    if (tokens.take("deriving")) {
      tokens.expect("(");
      do {
        classes.add(tokens.upper());
      } while (tokens.take(","));
      tokens.expect(")");
    }
    return classes;
  }

  private Template template() {
    String name = tokens.upper();
    Map<String, TypeUse> fields = fields();
    tokens.expect("where", "signatory");
    List<String> signatories = names();
    List<String> observers = tokens.take("observer") ? names() : List.of();
    List<Choice> choices = new ArrayList<>();
    while (tokens.take("choice")) {
      choices.add(choice());
    }
    return new Template(name, fields, signatories, observers, choices);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    do {
      names.add(tokens.lower());
    } while (tokens.take(","));
    return names;
  }

  private Choice choice() {
    String name = tokens.upper();
    tokens.expect(":");
    TypeUse returns = type();
    Map<String, TypeUse> fields = tokens.sees("with") ? fields() : Map.of();
    tokens.expect("controller");
    String controller = tokens.lower();
    tokens.expect("do");
    if (tokens.take("return")) {
      tokens.expect("()");
      return new Choice(name, returns, fields, controller, Optional.empty());
    }
    tokens.expect("create");
    String created = tokens.upper();
    tokens.expect("with");
    Map<String, String> given = new LinkedHashMap<>();
    do {
      String field = tokens.lower();
      given.put(field, tokens.take("=") ? tokens.lower() : field);
    } while (tokens.take(";"));
    return new Choice(name, returns, fields, controller, Optional.of(new Create(created, given)));
  }

  /** {@code with}, and a block of fields: each on a line of its own below the first, or behind a semicolon. */
  private Map<String, TypeUse> fields() {
    tokens.expect("with");
    Map<String, TypeUse> fields = new LinkedHashMap<>();
    Token first = tokens.peek();
    boolean more = tokens.seesField();
    while (more) {
      String name = tokens.lower();
      tokens.expect(":");
      if (fields.put(name, type()) != null) {
        throw tokens.wrong("a second field " + name);
      }
      boolean behind = tokens.take(";");
      more = tokens.seesField();
      if (more && !behind && tokens.peek().column() != first.column()) {
        throw tokens.wrong("the fields of a block begin below each other");
      }
    }
    if (fields.isEmpty()) {
      throw tokens.wrong("expected a field");
    }
    return fields;
  }

  /** A type and what it is given, on one line. */
  private TypeUse type() {
    Token first = tokens.peek();
    if (!first.isUpper()) {
      return atom();
    }
    String name = tokens.upper();
    List<TypeUse> arguments = new ArrayList<>();
    while (tokens.peek().line() == first.line() && beginsType()) {
      arguments.add(atom());
    }
    return new TypeUse(name, arguments);
  }

  private boolean beginsType() {
    return tokens.peek().isUpper() || tokens.sees("[") || tokens.sees("(") || tokens.sees("()");
  }

  private TypeUse atom() {
    if (tokens.take("()")) {
      return new TypeUse(TypeUse.UNIT, List.of());
    }
    if (tokens.take("[")) {
      TypeUse item = type();
      tokens.expect("]");
      return new TypeUse(TypeUse.LIST, List.of(item));
    }
    if (tokens.take("(")) {
      TypeUse inner = type();
      tokens.expect(")");
      return inner;
    }
    return new TypeUse(tokens.upper(), List.of());
  }
}
