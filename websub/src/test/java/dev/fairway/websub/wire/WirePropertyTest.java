package dev.fairway.websub.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fairway.core.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WirePropertyTest {
  @Property(seed = "20180123", tries = 2000)
  void linkHeadersNeverFail(@ForAll("linkSoup") String text) {
    assertThatCode(() -> Links.parse(List.of(text))).doesNotThrowAnyException();
  }

  @Property(seed = "20180123", tries = 300)
  void linksReadWhatTheyWrote(@ForAll("addresses") String hub, @ForAll("addresses") String self) {
    Links links = Links.parse(List.of(Links.of(hub, self)));
    assertThat(links.first("hub")).contains(hub);
    assertThat(links.first("self")).contains(self);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"<http://h/>; rel=hub|http://h/", "<http://h/> ;REL = \"HUB\"|http://h/",
      "<http://h/>; title=\"a, b; rel=x\"; rel=\"alternate hub\"|http://h/", "junk, <http://h/>;rel=hub|http://h/",
      "<http://s/>;rel=self,<http://h/>;rel=\"hub\"|http://h/", "<http://h/,x;y>; rel=hub|http://h/,x;y",
      "<http://h/>; rel=hub; rel=self|http://h/", "<http://h/>; title=\"\\\"\"; rel=hub|http://h/"})
  void findsTheHubInLinksOfAnyShape(String header, String hub) {
    assertThat(Links.parse(List.of(header)).first("hub")).contains(hub);
  }

  @Test
  void hubAndSelfMayComeInSeparateHeaders() {
    Links links = Links.parse(List.of("<http://h/>; rel=hub", "<http://s/>; rel=self, <http://h2/>; rel=hub"));
    assertThat(links.all("hub")).containsExactly("http://h/", "http://h2/");
    assertThat(links.first("self")).contains("http://s/");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"foo|URL must contain scheme", "''|URL must contain scheme",
      "file:///etc|Unsupported url scheme: \"file\". Must be one of: ['http', 'https'].",
      "http://|URL must contain domain or ip", "http:///x|URL must contain domain or ip",
      "http:x|URL must contain domain or ip", "http://a b/|URL is not valid at position 8",
      "https://u:p@h/|URL must not contain a user name", "http://h/#x|URL must not contain a fragment"})
  void callbackSaysWhatIsWrong(String url, String reason) {
    assertThat(Callback.fault(url)).contains(reason);
  }

  @Property(seed = "20180123", tries = 2000)
  void callbackReadsOrRefusesAnyText(@ForAll("soup") String text) {
    if (Callback.fault("http://h" + text).isEmpty()) {
      URI address = new Callback("http://h" + text).with(Map.of("hub.mode", "a b&c"));
      assertThat(address.toString()).startsWith("http://h" + text).endsWith("hub.mode=a%20b%26c");
    }
  }

  @Test
  void callbackKeepsItsQuery() {
    assertThat(new Callback("https://h/p?k=a%2Fb").with(Map.of("hub.topic", "a.*")))
        .hasToString("https://h/p?k=a%2Fb&hub.topic=a.*");
    assertThat(new Callback("https://h/p?k=a")).hasToString("https://h/p");
  }

  @Property(seed = "20180123", tries = 200)
  void sealOpensWhatItSealed(@ForAll String secret) {
    Secret old = SecretSeal.newKey();
    String sealed = new SecretSeal(List.of(old)).seal(new Secret(secret), "a");
    assertThat(new SecretSeal(List.of(SecretSeal.newKey(), old)).open(sealed, "a").reveal()).isEqualTo(
        new String(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void sealDoesNotOpenForAnotherPurposeOrKey() {
    SecretSeal seal = new SecretSeal(List.of(SecretSeal.newKey()));
    String sealed = seal.seal(new Secret("s3cr3t"), "a");
    assertThat(sealed).isNotEqualTo(seal.seal(new Secret("s3cr3t"), "a"));
    assertThat(catchThrowable(() -> seal.open(sealed, "b"))).hasMessageContaining("was altered");
    assertThat(catchThrowable(() -> new SecretSeal(List.of(SecretSeal.newKey())).open(sealed, "a")))
        .hasMessageContaining("not configured");
  }

  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.strings().withChars("%4a&=+;é?/#:@[]. \u0000").ofMaxLength(30);
  }

  @Provide
  Arbitrary<String> linkSoup() {
    return Arbitraries.strings().withChars("<>;,=\" rel\\hub").ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> addresses() {
    return Arbitraries.strings().alpha().numeric().withChars(".-_~/?&=;,'").ofMaxLength(40)
        .map(path -> "https://h/" + path);
  }
}
