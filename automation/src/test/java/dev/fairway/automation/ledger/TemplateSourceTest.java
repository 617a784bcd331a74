package dev.fairway.automation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerType;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;

class TemplateSourceTest {
  @Test
  void tellsEveryProblem() {
    assertThatThrownBy(() -> TemplateSource.read("""
        package: { name: quota, version: 1.0.0 }
        templates:
          Quota:Request:
            fields: { user: Party, count: Integer }
            signatories: [usr]
            choices:
              Accept:
                creates:
                  - template: Quota:Missing
                  - template: Quota:Request
                    with: { user: $argument.user, nothing: 1 }
        """)).isInstanceOf(FairwayException.class).hasMessageContaining("Quota:Request.fields.count: type \"Integer\"")
        .hasMessageContaining("signatories: usr must be a field").hasMessageContaining("controllers: at least one")
        .hasMessageContaining("no template \"Quota:Missing\"").hasMessageContaining("no argument user")
        .hasMessageContaining("has no field nothing");
  }

  @Test
  void malformedYamlNamesThePlace() {
    assertThatThrownBy(() -> TemplateSource.read("package: { name: x\ntemplates: ]"))
        .hasMessageContaining("not YAML at line 2");
  }

  @Test
  void readsTypesAsPeopleWriteThem() {
    assertThat(TypeText.parse("Optional (TextMap [Numeric 4])"))
        .isEqualTo(
            new LedgerType.OptionalOf(new LedgerType.TextMapOf(new LedgerType.ListOf(new LedgerType.Numeric(4)))));
    assertThat(TypeText.parse("Map Text Int"))
        .isEqualTo(new LedgerType.GenMapOf(LedgerType.Simple.TEXT, LedgerType.Simple.INT64));
    assertThatThrownBy(() -> TypeText.parse("[Int")).hasMessageContaining("needs \"]\" at character 5");
    assertThatThrownBy(() -> TypeText.parse("(".repeat(100))).hasMessageContaining("less nesting");
  }

  @Property
  void anyTextIsATypeOrRefused(
      @ForAll @Chars({'[', ']', '(', ')', ' ', 'I', 'n', 't', ':', 'T', 'e', 'x'}) String text) {
    try {
      TypeText.parse(text);
    } catch (FairwayException e) {
      assertThat(e).hasMessageStartingWith("type \"");
    }
  }

  @Property
  void anyTextIsAPackageOrRefused(@ForAll String text) {
    assertThatThrownBy(() -> TemplateSource.read(text)).isInstanceOf(FairwayException.class);
  }
}
