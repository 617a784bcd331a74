package dev.fairway.exchange.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class MessageFormTest {
  private static final Jurisdictions KNOWN = new Jurisdictions(Set.of("EU"));

  private static ObjectNode good() {
    return Json.object().put("sender", "AU").put("receiver", "SG").put("subject", "AU.abn0000000000.1")
        .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n")
        .put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created");
  }

  private static MessageForm read(Object json) {
    return MessageForm.read(json.toString().getBytes(StandardCharsets.UTF_8), KNOWN, false);
  }

  private static LegacyError refusal(Object json) {
    return catchThrowableOfType(LegacyError.class, () -> read(json));
  }

  private static List<?> source(Object json) {
    return (List<?>) refusal(json).source().orElseThrow();
  }

  @Test
  void goodMessageIsTaken() {
    MessageForm form = read(good().put("whatever", "else").put("status", "accepted"));
    assertThat(form.message().receiver().code()).isEqualTo("SG");
    assertThat(form.senderRef()).isEmpty();
    assertThat(form.priority()).isEqualTo(5);
  }

  @Test
  void messageOfAPartOfTheNodeKeepsTheSameRules() {
    assertThat(form("EU", false).message().receiver().code()).isEqualTo("EU");
    assertThat(form("AU", true).senderRef()).hasValue("r1");
    assertThatThrownBy(() -> form("AU", false)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("receiver is the sender: AU");
    assertThatThrownBy(() -> form("QQ", false)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("receiver is no known jurisdiction: QQ");
  }

  private static MessageForm form(String receiver, boolean loopback) {
    return MessageForm.of(new Message(new Jurisdiction("AU"), new Jurisdiction(receiver), "subject",
        good().path("obj").asString(), "a.b.c"), "r1", KNOWN, loopback);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "[{}]", "1", "null", "\"text\"", "{\"a\":1} {\"b\":2}", "{'a':1}"})
  void whatIsNoObjectWithSomethingInItIsEmpty(String body) {
    assertThat(refusal(body).code()).isEqualTo("message-data-empty-error");
    assertThat(refusal(body).detail()).contains("A single non-empty JSON must be passed");
  }

  @Test
  void depthAndBadTextAreRefusedAsNoMessage() {
    assertThat(refusal("[".repeat(50_000)).code()).isEqualTo("message-data-empty-error");
    byte[] notUtf8 = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
    assertThatThrownBy(() -> MessageForm.read(notUtf8, KNOWN, false)).isInstanceOf(LegacyError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender", "receiver", "subject", "obj", "predicate"})
  void missingKeyIsNamed(String key) {
    ObjectNode json = good();
    json.remove(key);
    assertThat(refusal(json).code()).isEqualTo("message-deserialization-error");
    assertThat(source(json)).isEqualTo(List.of("'" + key + "'"));
  }

  @Test
  void keysAreReadInTheOldOrderAndTheFirstFaultEndsIt() {
    assertThat(source(Json.object().put("sender", "ZZ"))).isEqualTo(List.of("('Unknown jurisdiction name', 'ZZ')"));
    assertThat(source(Json.object().put("receiver", "USUS"))).isEqualTo(List.of("'sender'"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "\"USUS\" | ('Please use short 2-characters uppercase country name', 'USUS')",
      "\"au\"   | ('Please use short 2-characters uppercase country name', 'au')",
      "\"ZZ\"   | ('Unknown jurisdiction name', 'ZZ')", "1 | <class 'int'>", "1.5 | <class 'float'>",
      "null | <class 'NoneType'>", "[] | <class 'list'>", "{} | <class 'dict'>", "true | <class 'bool'>"})
  void whatIsNoJurisdictionIsToldInTheOldWords(String value, String text) {
    ObjectNode json = good();
    json.set("receiver", Json.parse(value));
    assertThat(refusal(json).detail()).contains("Unable to deserialize the posted message");
    assertThat(source(json)).isEqualTo(List.of(text));
  }

  @Test
  void codesAnOperatorAddsAreTaken() {
    assertThat(read(good().put("receiver", "EU")).message().receiver().code()).isEqualTo("EU");
  }

  @Test
  void allFaultsAreToldTogether() {
    ObjectNode json = good().put("subject", " ").put("obj", "nothing").put("predicate", "UN.CEFACT");
    assertThat(refusal(json).code()).isEqualTo("message-validation-error");
    assertThat(source(json))
        .isEqualTo(List.of("subject is empty", "obj is not a URI: nothing", "predicate is not a URI: UN.CEFACT"));
  }

  @Test
  void emptyAndNullSubjectsAreRefused() {
    assertThat(source(good().put("subject", ""))).isEqualTo(List.of("subject is empty"));
    assertThat(source(good().putNull("subject"))).isEqualTo(List.of("subject is empty"));
    assertThat(source(good().put("subject", "a\u0000b"))).isEqualTo(List.of("subject has control characters: a?b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UN..CEFACT.x", ".UN.CEFACT.x", "UN.CEFACT.x.", "..", "UN.CEFACT.*", "UN.CE/FACT.x",
      "UN.CE FACT.x", "https://a.b.c/"})
  void predicateWithEmptyPartsOrForeignCharactersIsRefused(String predicate) {
    assertThat(source(good().put("predicate", predicate))).isEqualTo(List.of("predicate is not a URI: " + predicate));
  }

  @Test
  void lengthsAreCheckedBeforeTheDatabaseDoes() {
    assertThat(refusal(good().put("subject", "s".repeat(2049))).code()).isEqualTo("message-validation-error");
    assertThat(refusal(good().put("predicate", "a.b." + "p".repeat(509))).code())
        .isEqualTo("message-validation-error");
    assertThat(refusal(good().put("obj", "a.b." + "o".repeat(253))).code()).isEqualTo("message-validation-error");
    assertThat(refusal(good().put("sender_ref", "r".repeat(257))).code()).isEqualTo("message-validation-error");
    assertThat(refusal(good().put("sender_ref", "../up")).code()).isEqualTo("message-validation-error");
  }

  @Test
  void messageToOneselfIsRefusedUnlessAllowed() {
    ObjectNode json = good().put("receiver", "AU");
    assertThat(source(json)).isEqualTo(List.of("receiver is the sender: AU"));
    assertThat(MessageForm.read(json.toString().getBytes(StandardCharsets.UTF_8), KNOWN, true).message().receiver()
        .code()).isEqualTo("AU");
  }

  @Property
  void anyBytesAreTakenOrRefusedInTheOldShape(@ForAll byte[] body) {
    try {
      MessageForm.read(body, KNOWN, false);
    } catch (LegacyError refused) {
      assertThat(refused.status()).isEqualTo(400);
    }
  }

  @Property
  void anyFieldsAreTakenOrRefusedInTheOldShape(@ForAll String subject, @ForAll String obj, @ForAll String predicate) {
    ObjectNode json = good().put("subject", subject).put("obj", obj).put("predicate", predicate);
    try {
      MessageForm form = read(json);
      assertThat(form.message().subject()).isEqualTo(subject);
    } catch (LegacyError refused) {
      assertThat(refused.status()).isEqualTo(400);
    }
  }
}
