package dev.fairway.daml.v1;

import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.wire.v1.Filters;
import dev.fairway.daml.wire.v1.InclusiveFilters;
import dev.fairway.daml.wire.v1.TransactionFilter;
import java.util.HashSet;
import java.util.Set;

/**
 * Queries in the words of the API. Templates are narrowed by the ledger where all are known to it by their id; one it does
 * not know yet would be an error there, so then everything is read and narrowed here.
 */
final class V1Filter {
  private V1Filter() {}

  static TransactionFilter toWire(Query query, PackageCache packages) {
    Set<TemplateId> templates = new HashSet<>();
    for (TemplatePattern pattern : query.templates()) {
      if (pattern instanceof TemplatePattern.One(TemplateId template) && packages.has(template)) {
        templates.add(template);
      } else {
        templates.clear();
        break;
      }
    }
    Filters filters = templates.isEmpty()
        ? Filters.getDefaultInstance()
        : Filters.newBuilder().setInclusive(
            InclusiveFilters.newBuilder().addAllTemplateIds(templates.stream().map(V1Values::toWire).toList())).build();
    TransactionFilter.Builder filter = TransactionFilter.newBuilder();
    query.readers().forEach(party -> filter.putFiltersByParty(party.name(), filters));
    return filter.build();
  }
}
