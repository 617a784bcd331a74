package dev.fairway.automation.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.LedgerValue;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SheetTest {
  @Test
  void scalarsOfNestedRecordsAreCellsAndListsAreNot() {
    LedgerValue.Struct payload = LedgerValue.struct("day", new LedgerValue.Date(LocalDate.of(2026, 3, 9)), "at",
        LedgerValue.timestamp(Instant.parse("2026-03-09T10:11:12.5Z"))).with("owner",
            LedgerValue.struct("name", LedgerValue.text("Ann"), "age", LedgerValue.int64(7)))
        .with("note", new LedgerValue.Opt(Optional.empty())).with("tags", new LedgerValue.Sequence(List.of()));
    assertThat(Sheet.cells(payload)).containsExactly(Map.entry("day", "09/03/2026"),
        Map.entry("at", "09/03/2026 10:11:12 UTC"), Map.entry("owner_name", "Ann"), Map.entry("owner_age", "7"));
  }

  @Test
  void eachDialectQuotesWhatItMustAndARowWithoutACellLeavesItEmpty() {
    Sheet sheet = Sheet.of(List.of(Map.of("a", "1,2"), Map.of("b", "say \"hi\"\nthere")));
    assertThat(sheet.csv(Sheet.Dialect.EXCEL)).isEqualTo("a,b\r\n\"1,2\",\r\n,\"say \"\"hi\"\"\nthere\"\r\n");
    assertThat(sheet.csv(Sheet.Dialect.EXCEL_WITH_TABS)).startsWith("a\tb\r\n1,2\t\r\n");
    assertThat(sheet.csv(Sheet.Dialect.UNIX)).startsWith("\"a\",\"b\"\n\"1,2\",\"\"\n");
    assertThat(Sheet.of(List.of()).csv(Sheet.Dialect.EXCEL)).isEqualTo("no data");
  }

  @Test
  void markupInACellIsShownAsItIs() {
    assertThat(Sheet.of(List.of(Map.of("x", "<script>alert(1)</script>"))).html("a & b"))
        .contains("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>").contains("<title>a &amp; b</title>")
        .doesNotContain("<script>");
  }
}
