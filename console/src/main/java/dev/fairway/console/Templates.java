package dev.fairway.console;

import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** The room's compiled templates. Text is escaped by what surrounds it, so nothing from outside becomes markup. */
public final class Templates {
  private static final TemplateEngine ENGINE = TemplateEngine.createPrecompiled(ContentType.Html);

  private Templates() {}

  /** @param name of a template, without its ending */
  public static Content of(String name, Map<String, Object> parameters) {
    return output -> ENGINE.render(name + ".jte", parameters, output);
  }

  static String text(Content content) {
    StringOutput output = new StringOutput(8_192);
    content.writeTo(output);
    return output.toString();
  }
}
