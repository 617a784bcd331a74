package dev.fairway.automation.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MessageMlTest {
  @Test
  void whatIsSentCannotBeMarkUp() {
    assertThat(MessageMl.of("1 < 2 & \"so\"\non\u0001"))
        .isEqualTo("<messageML>1 &lt; 2 &amp; \"so\"<br/>on\uFFFD</messageML>");
  }

  @Test
  void wordsOfWhatComesAreKept() {
    assertThat(MessageMl.text("<div data-format=\"PresentationML\" class=\"wysiwyg\"><p>buy <b>5</b> &lt; 6&#39;s</p>"
        + "<p>now&nbsp;&#x1F6A2;</p></div>")).isEqualTo("buy 5 < 6's\nnow\u00a0\uD83D\uDEA2");
  }

  @Property(tries = 200)
  void wordsComeBackAsTheyWereSent(@ForAll String text) {
    String printable = text.replaceAll("[^\\x21-\\x7e\\u00a1-\\u0ff0]", "");
    assertThat(MessageMl.text(MessageMl.of(printable))).isEqualTo(printable);
  }

  @Property(tries = 200)
  void anyMarkUpIsRead(@ForAll String markUp) {
    assertThat(MessageMl.text(markUp)).isNotNull();
  }

  @Test
  void signatureIsThatOfThePublishedExample() {
    assertThat(HmacSha256.hex(new Secret("MySecretKey"),
        "\"apiKey\":\"1234567abcdz\",\"timestamp\":\"1558941516123\"".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("265cfbc40c22355d6c1ecc1f3a1e87e8c46954db9096a7bd6967241dd8bc65b6");
  }
}
