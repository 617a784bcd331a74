package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.daml.PackageCache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Queries in the words of the API. Templates are narrowed by the participant where it knows all of them; one it does not
 * know yet would be an error there, so then everything is read and narrowed here.
 */
final class V2EventFormat {
  private V2EventFormat() {}

  static Object toWire(Query query, PackageCache packages) {
    List<Object> filters = new ArrayList<>();
    for (TemplatePattern pattern : query.templates()) {
      if (pattern instanceof TemplatePattern.One(TemplateId template) && packages.has(template)) {
        filters.add(Map.of("identifierFilter",
            Map.of("TemplateFilter", Map.of("value",
                Map.of("templateId", template.toString(), "includeCreatedEventBlob", false)))));
      } else {
        filters = List.of(Map.of("identifierFilter",
            Map.of("WildcardFilter", Map.of("value", Map.of("includeCreatedEventBlob", false)))));
        break;
      }
    }
    Map<String, Object> byParty = new LinkedHashMap<>();
    for (Party reader : query.readers()) {
      byParty.put(reader.name(), Map.of("cumulative", filters));
    }
    return Map.of("filtersByParty", byParty, "verbose", false);
  }
}
