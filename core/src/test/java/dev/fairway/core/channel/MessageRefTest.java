package dev.fairway.core.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class MessageRefTest {
  @Test
  void splitsAtTheFirstColon() {
    MessageRef ref = MessageRef.parse("AU:1f0c");
    assertThat(ref.sender()).isEqualTo(new Jurisdiction("AU"));
    assertThat(ref.senderRef()).isEqualTo("1f0c");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> MessageRef.parse("AU1f0c")).hasMessageContaining("must be SENDER:REF");
    assertThatThrownBy(() -> MessageRef.parse("AU:../etc")).hasMessageContaining("sender_ref must be 1 to 256");
    assertThatThrownBy(() -> MessageRef.parse("au:1")).hasMessageContaining("two upper-case letters");
  }

  @Property
  void printsWhatItParsed(@ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 256) String ref) {
    assertThat(MessageRef.parse("SG:" + ref)).hasToString("SG:" + ref);
  }
}
