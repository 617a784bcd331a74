package dev.fairway.websub.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopicPropertyTest {
  record Step(boolean adds, String topic, int entry) {}

  @Property(seed = "20180123", tries = 300)
  void indexFindsWhatANaiveSearchFinds(@ForAll("steps") List<Step> steps, @ForAll("events") List<String> events) {
    TopicIndex<Integer> index = new TopicIndex<>();
    Set<String> model = new HashSet<>();
    for (Step step : steps) {
      Topic topic = new Topic(step.topic());
      String known = topic.key() + "#" + step.entry();
      assertThat(step.adds() ? index.add(topic, step.entry()) : index.remove(topic, step.entry()))
          .isEqualTo(step.adds() ? model.add(known) : model.remove(known));
      assertThat(index.size()).isEqualTo(model.size());
    }
    for (String event : events) {
      List<String> expected = model.stream()
          .filter(known -> naivelyCovers(known.substring(0, known.indexOf('#')), event))
          .map(known -> known.substring(known.indexOf('#') + 1)).sorted().toList();
      assertThat(index.match(event).stream().map(String::valueOf).sorted().toList()).isEqualTo(expected);
    }
  }

  @Property(seed = "20180123", tries = 500)
  void coveringIsAPrefixOfWholeParts(@ForAll("topics") String topic, @ForAll("event") String event) {
    assertThat(new Topic(topic).covers(event)).isEqualTo(naivelyCovers(new Topic(topic).key(), event));
  }

  @Property(seed = "20180123", tries = 1000)
  void anyTextIsATopicOrHasAFault(@ForAll String text) {
    if (Topic.fault(text).isEmpty()) {
      Topic topic = new Topic(text);
      assertThat(topic.text()).isEqualTo(text);
      assertThat(new Topic(topic.canonical())).isEqualTo(topic);
    }
    if (PredicateRules.fault(text).isEmpty()) {
      assertThat(Topic.fault(text)).isEmpty();
    }
    assertThat(new TopicIndex<Integer>().match(text)).isEmpty();
  }

  private static boolean naivelyCovers(String key, String event) {
    return key.isEmpty() || (event.toUpperCase(Locale.ROOT) + ".").startsWith(key + ".");
  }

  @Provide
  Arbitrary<String> event() {
    return Arbitraries.of("a", "b", "A", "aa", "c").list().ofMinSize(1).ofMaxSize(5)
        .map(parts -> String.join(".", parts));
  }

  @Provide
  Arbitrary<List<String>> events() {
    return event().list().ofMaxSize(20);
  }

  @Provide
  Arbitrary<String> topics() {
    Arbitrary<String> plain = event().flatMap(word -> Arbitraries.of(word, word + ".", word + ".*"));
    return Arbitraries.oneOf(plain, plain, plain, Arbitraries.just("*"));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> step = topics().flatMap(topic -> Arbitraries.integers().between(1, 3)
        .flatMap(entry -> Arbitraries.of(true, true, false).map(adds -> new Step(adds, topic, entry))));
    return step.list().ofMaxSize(60).map(ArrayList::new);
  }
}
