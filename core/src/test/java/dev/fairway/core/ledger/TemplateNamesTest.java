package dev.fairway.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TemplateNamesTest {
  private static final TemplateId ACTUAL = TemplateId.parse("abc:Main.Sub:Iou");

  @Test
  void readsThreeForms() {
    assertThat(TemplateId.parse("Main:Iou")).isEqualTo(new TemplateId(Optional.empty(), "Main", "Iou"));
    assertThat(TemplateId.parse("abc:Main.Sub:Iou")).isEqualTo(new TemplateId("abc", "Main.Sub", "Iou"));
    assertThat(TemplateId.parse(" #trade:Main:Iou\n")).isEqualTo(new TemplateId("#trade", "Main", "Iou"));
  }

  @Test
  void refusesWhatIsNoName() {
    for (String wrong : new String[]{"", "Iou", "a:b:c:d", "*:Iou", "1Main:Iou", "Main..Sub:Iou", "Main:", "#:M:E"}) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> TemplateId.parse(wrong));
    }
  }

  @Test
  void patternsMatchByIdNameAndWildcard() {
    assertThat(TemplatePattern.parse("*").matches(ACTUAL, Optional.empty())).isTrue();
    assertThat(TemplatePattern.parse("abc:*").matches(ACTUAL, Optional.empty())).isTrue();
    assertThat(TemplatePattern.parse("other:*").matches(ACTUAL, Optional.empty())).isFalse();
    assertThat(TemplatePattern.parse("#trade:*").matches(ACTUAL, Optional.of("trade"))).isTrue();
    assertThat(TemplatePattern.parse("Main.Sub:Iou").matches(ACTUAL, Optional.empty())).isTrue();
    assertThat(TemplatePattern.parse("#trade:Main.Sub:Iou").matches(ACTUAL, Optional.of("trade"))).isTrue();
    assertThat(TemplatePattern.parse("#trade:Main.Sub:Iou").matches(ACTUAL, Optional.empty())).isFalse();
    assertThat(TemplatePattern.parse("abc:Main.Sub:Other").matches(ACTUAL, Optional.empty())).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> TemplatePattern.parse("*:Iou"));
  }

  @Test
  void packageIsFilledInOnlyWhereItIsOpen() {
    assertThat(TemplatePattern.parse("Main:Iou").in("abc")).hasToString("abc:Main:Iou");
    assertThat(TemplatePattern.parse("x:Main:Iou").in("abc")).hasToString("x:Main:Iou");
    assertThat(TemplatePattern.parse("*").in("abc")).hasToString("*");
  }

  @Property
  void printsWhatItParsed(@ForAll @AlphaChars @StringLength(min = 1, max = 64) String pkg,
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String module,
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String entity) {
    String text = pkg + ":" + module + "." + entity + ":" + entity;
    assertThat(TemplateId.parse(text)).hasToString(text);
  }

  @Property
  void parsesOrSaysWhy(@ForAll String text) {
    try {
      assertThat(TemplatePattern.parse(text)).hasToString(text.strip());
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("must be");
    }
  }
}
