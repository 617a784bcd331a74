package dev.fairway.daml.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.small.SmallDaml;
import dev.fairway.daml.v1.DamlLedgerV1;
import dev.fairway.daml.v1.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What stands for Daml's own compiler, which is in no registry of packages: the generated source is compiled by {@link
 * SmallDaml}, and a real ledger checks the types of what that makes before it takes it.
 */
@Timeout(180)
class GeneratedDamlTest {
  private static Map<String, String> generate(String description) {
    return new OpenApiGenerator(new OpenApiGenerator.Options("Shop.Api", "example.shop"))
        .generate(description.getBytes(StandardCharsets.UTF_8)).files();
  }

  private static List<String> sources(Map<String, String> files) {
    return List.of(Objects.requireNonNull(files.get("daml/Shop/Api/Types.daml")),
        Objects.requireNonNull(files.get("daml/Shop/Api/Requests.daml")));
  }

  @ParameterizedTest
  @ValueSource(strings = {Descriptions.JIRA, Descriptions.SHOP})
  void g20GeneratedDamlIsAPackageThatARealLedgerTakes(String description) {
    DarWriter made = SmallDaml.compile("generated", "1.0.0", sources(generate(description)));
    try (DamlLedgerV1 ledger = Sandbox.shared().connect()) {
      ledger.upload(made.dar());
      LedgerPackage known = ledger.packages().stream().filter(one -> one.id().equals(made.packageId())).findFirst()
          .orElseThrow();
      assertThat(known.templates().keySet()).anyMatch(name -> name.startsWith("Shop.Api.Requests:"))
          .hasSize(description.equals(Descriptions.JIRA) ? 4 : 8);
    }
  }

  /**
   * LF 2.1 has neither contract keys nor maintainers, LF 1.14 neither interfaces nor views of them; records, variants,
   * enumerations, lists, optionals, text maps and decimals of ten digits are in both.
   *
   * @see <a href="https://github.com/digital-asset/daml/blob/main/sdk/daml-lf/spec/daml-lf-2.rst">Daml-LF 2</a>
   */
  @ParameterizedTest
  @ValueSource(strings = {Descriptions.JIRA, Descriptions.SHOP})
  void g20GeneratedDamlNeedsNothingThatOnlyOneOfLf114AndLf21Has(String description) {
    for (String source : sources(generate(description))) {
      assertThat(source).doesNotContainPattern("(?m)^\\s*(key|maintainer|interface|exception|viewtype)\\b")
          .doesNotContainPattern("\\b(GenMap|DA\\.Map|BigNumeric|lookupByKey|fetchByKey|throw|try)\\b");
      assertThat(source.lines().filter(line -> line.startsWith("import ")))
          .allMatch(line -> line.matches("import (DA\\.TextMap \\(TextMap\\)|Shop\\.Api\\.Types)"));
    }
  }

  @Test
  void whatIsNotDamlIsRefused() {
    List<String> good = sources(generate(Descriptions.SHOP));
    assertRefused(good, "parts : [Item]", "parts : [Items]", "no type Items");
    assertRefused(good, "    price : Decimal", "   price : Decimal", "begin below each other");
    assertRefused(good, "    price : Decimal", "    id : Decimal", "a second field id");
    assertRefused(good, "requestId = self; body", "requestId = self", "is given");
    assertRefused(good, "Optional (TextMap Int)", "Optional TextMap Int", "is given 2 types");
    assertRefused(good, "controller gateway", "controller nobody", "nothing here is named nobody");
  }

  @Test
  void typeIsNoInstanceOfWhatItsPartsAreNot() {
    String source = """
        module Ships where

        data Mast = Mast with
            feet : Int
          deriving (Eq)

        data Ship = Ship with
            masts : [Mast]
          deriving (Eq, Ord)
        """;
    assertThatThrownBy(() -> SmallDaml.compile("ships", "1.0.0", List.of(source))).hasMessageContaining("Ship derives");
  }

  private static void assertRefused(List<String> good, String what, String by, String why) {
    assertThat(String.join("", good)).contains(what);
    List<String> bad = good.stream().map(source -> {
      int at = source.indexOf(what);
      return at < 0 ? source : source.substring(0, at) + by + source.substring(at + what.length());
    }).toList();
    assertThatThrownBy(() -> SmallDaml.compile("bad", "1.0.0", bad)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
