package dev.fairway.automation.shipped;

import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.LedgerValue.Struct;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Rows for a spreadsheet or a browser. A column is there when any row has it; a row without it has an empty cell.
 *
 * @param columns in the order in which they were first seen
 */
record Sheet(List<String> columns, List<Map<String, String>> rows) {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("dd/MM/yyyy", Locale.ROOT);
  private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm:ss 'UTC'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  /** How a sheet is written as CSV; {@link #EXCEL} is RFC 4180. */
  enum Dialect {
    /** Commas, lines end with CR LF. */
    EXCEL("Excel", ",", "\r\n", false),
    /** Tabs, lines end with CR LF. */
    EXCEL_WITH_TABS("Excel w/Tabs", "\t", "\r\n", false),
    /** Commas, lines end with LF, every cell in quotes. */
    UNIX("Unix", ",", "\n", true);

    private final String label;
    private final String separator;
    private final String end;
    private final boolean quoteAll;

    Dialect(String label, String separator, String end, boolean quoteAll) {
      this.label = label;
      this.separator = separator;
      this.end = end;
      this.quoteAll = quoteAll;
    }

    /** As it is written in settings. */
    @Override
    public String toString() {
      return label;
    }

    private String line(Collection<String> cells) {
      return cells.stream().map(this::cell).collect(Collectors.joining(separator, "", end));
    }

    private String cell(String text) {
      boolean quote = quoteAll || text.contains(separator) || text.contains("\"") || text.contains("\n")
          || text.contains("\r");
      return quote ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }
  }

  static Sheet of(List<? extends Map<String, String>> rows) {
    var columns = new LinkedHashSet<String>();
    rows.forEach(row -> columns.addAll(row.keySet()));
    return new Sheet(List.copyOf(columns), List.copyOf(rows));
  }

  /** The scalars of a record by name; those of a record in it under both names, joined by {@code _}. */
  static SequencedMap<String, String> cells(Struct payload) {
    var cells = new LinkedHashMap<String, String>();
    add(cells, "", payload);
    return cells;
  }

  private static void add(Map<String, String> cells, String name, LedgerValue value) {
    switch (value) {
      case Struct(var fields) -> fields.forEach((label, field) -> add(cells, name.isEmpty()
          ? label
          : name + "_" + label, field));
      case LedgerValue.Opt(var inner) -> inner.ifPresent(present -> add(cells, name, present));
      case LedgerValue.Date(var day) -> cells.put(name, DATE.format(day));
      case LedgerValue.Timestamp(var moment) -> cells.put(name, MOMENT.format(moment));
      case LedgerValue.Text _,LedgerValue.OfParty _,LedgerValue.OfContract _,LedgerValue.Enumeration _,LedgerValue.Int64 _,LedgerValue.Numeric _,LedgerValue.Bool _ ->
        cells.put(name, String.valueOf(LedgerJson.tree(value)));
      case LedgerValue.Variant _,LedgerValue.Sequence _,LedgerValue.TextMap _,LedgerValue.GenMap _,LedgerValue.Unit _ -> {
        // Not one cell, and not a known number of them.
      }
    }
  }

  /** The header and a line for each row; {@code no data} when there is no row. */
  String csv(Dialect dialect) {
    if (rows.isEmpty()) {
      return "no data";
    }
    return dialect.line(columns) + rows.stream().map(row -> dialect.line(cells(row))).collect(Collectors.joining());
  }

  private List<String> cells(Map<String, String> row) {
    return columns.stream().map(column -> row.getOrDefault(column, "")).toList();
  }

  /** A page with one table; needs no script and no style from elsewhere. */
  String html(String title) {
    String head = columns.stream().map(column -> "<th scope=\"col\">" + escape(column) + "</th>")
        .collect(Collectors.joining("", "<tr>", "</tr>"));
    String body = rows.stream()
        .map(row -> cells(row).stream().map(cell -> "<td>" + escape(cell) + "</td>")
            .collect(Collectors.joining("", "<tr>", "</tr>\n")))
        .collect(Collectors.joining());
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>%1$s</title></head>
        <body><h1>%1$s</h1>
        <table border="1"><thead>%2$s</thead>
        <tbody>
        %3$s</tbody></table></body></html>
        """.formatted(escape(title), head, body);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
