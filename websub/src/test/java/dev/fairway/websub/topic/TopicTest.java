package dev.fairway.websub.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {
  @ParameterizedTest
  @CsvSource({"aaaa.bbbb.cccc.*, AAAA.BBBB.CCCC", "SONGS.OLD.TRACK.created, SONGS.OLD.TRACK.CREATED", "a.b, A.B",
      "a.b., A.B", "a.b.*, A.B", "*, ''", "message, MESSAGE"})
  void keyIsUpperCaseWithoutTheWildcard(String text, String key) {
    assertThat(new Topic(text).key()).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"UN.CEFACT, UN.CEFACT.TRADE.X, true", "UN.CEFACT, un.cefact, true", "UN.CEFACT, UN.CEF, false",
      "UN.CEFACT, UN.CEFACTX.Y, false", "UN.CEFACT, UN, false", "aaaa.*, aaaa.bbbb.cccc, true",
      "aaaa.bbbb, aaaa.bbbb.cccc, true", "aaaa.bbbb.cccc., aaaa.bbbb.cccc, true", "*, anything.at.all, true"})
  void coversWholePartsBelowIt(String topic, String event, boolean covered) {
    assertThat(new Topic(topic).covers(event)).isEqualTo(covered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "aa.bb*", "a.*.b", "*.a", "**", "a..b", ".a", ".", ".*", "a.b..", "a.b.*.*",
      "a\nb"})
  void refusesWhatIsNoTopic(String text) {
    assertThat(Topic.fault(text)).isPresent();
    assertThatThrownBy(() -> new Topic(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void spellingIsKeptAndDoesNotCount() {
    assertThat(new Topic("a.B.*").text()).isEqualTo("a.B.*");
    assertThat(new Topic("a.B.*").canonical()).isEqualTo("a.B");
    assertThat(new Topic("a.B.*")).isEqualTo(new Topic("A.b")).hasSameHashCodeAs(new Topic("A.b."));
    assertThat(Topic.EVERYTHING.canonical()).isEqualTo("*");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"''|Predicate must not be empty",
      ".a|Predicate must not contain empty elements", "a.|Predicate must not contain empty elements",
      "a..b|Predicate must not contain empty elements",
      "*.*|Predicate may contain only one wildcard and only as the last element",
      "a.*.*|Predicate may contain only one wildcard and only as the last element",
      "a.*.b|Only last element of a predicate can be a wildcard",
      "*.b|Only last element of a predicate can be a wildcard",
      "UN.CEFACT|Predicates shorter than 4 elements must include wildcard as the last element",
      "UN.CEFACT.Trade|Predicates shorter than 4 elements must include wildcard as the last element",
      "a/b|Topic must not contain \"/\"",
      "aa.bb*|Wildcard must be the last element and stand alone, as in \"a.b.*\""})
  void predicateRulesSayWhichRuleIsBroken(String text, String reason) {
    assertThat(PredicateRules.fault(text)).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "UN.*", "UN.CEFACT.*", "UN.CEFACT.Trade.CertificateOfOrigin.created", "message.*",
      "message",
      "UN", "jurisdiction.AU"})
  void predicateRulesLetTopicsThrough(String text) {
    assertThat(PredicateRules.fault(text)).isEmpty();
  }
}
