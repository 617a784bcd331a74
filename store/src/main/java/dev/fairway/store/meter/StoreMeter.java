package dev.fairway.store.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;

/** Everything the spine measures. Label values are bounded: kinds of work are named in code, the others are enums. */
public enum StoreMeter {
  /** Time from a caller's write to its release, durable or refused. */
  WRITE("fairway.store.write", "seconds", "Time a caller waits for its write to be durable"),
  /** Time of one physical commit, with the steps and the flush before it. */
  COMMIT("fairway.store.commit", "seconds", "Time of one group: its steps, flush and commit"),
  /** How many steps shared a commit. */
  GROUP("fairway.store.group", "steps", "Steps that shared one commit"),
  /** Groups that were rolled back and run again more carefully. */
  RERUN("fairway.store.rerun", "groups", "Groups rolled back and run again"),
  /** Time of a read. */
  READ("fairway.store.read", "seconds", "Time of one read"),
  /** Time a handler took. */
  RUN("fairway.work.run", "seconds", "Time a handler took", "kind"),
  /** Time from when work was due to when it was handed out. */
  LATENESS("fairway.work.lateness", "seconds", "Time from first due to the first attempt", "kind"),
  /** What became of attempts. */
  SETTLED("fairway.work.settled", "attempts", "Attempts by how they ended", "kind", "outcome"),
  /** How much work there is. */
  WORK("fairway.work.count", "pieces", "Work by kind and state", "kind", "state"),
  /** Age of the oldest due work. */
  AGE("fairway.work.oldest", "seconds", "Time the oldest work of a kind has been due", "kind", "state");

  private final String meterName;
  private final String unit;
  private final String sentence;
  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  StoreMeter(String meterName, String unit, String sentence, String... labels) {
    this.meterName = meterName;
    this.unit = unit;
    this.sentence = sentence;
    this.labels = List.of(labels);
  }

  public String meterName() {
    return meterName;
  }

  public String unit() {
    return unit;
  }

  public String sentence() {
    return sentence;
  }

  public List<String> labels() {
    return labels;
  }

  /** @param values one for each label, in order */
  public Timer timer(MeterRegistry meters, String... values) {
    return Timer.builder(meterName).description(sentence).tags(tags(values)).publishPercentiles(0.5, 0.99)
        .register(meters);
  }

  /** @param values one for each label, in order */
  public Counter counter(MeterRegistry meters, String... values) {
    return Counter.builder(meterName).description(sentence).baseUnit(unit).tags(tags(values)).register(meters);
  }

  public DistributionSummary summary(MeterRegistry meters) {
    return DistributionSummary.builder(meterName).description(sentence).baseUnit(unit).register(meters);
  }

  /** Names and values in turn, as Micrometer takes them. */
  public String[] tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(meterName + " has the labels " + labels + ", not " + values.length);
    }
    String[] tags = new String[values.length * 2];
    for (int i = 0; i < values.length; i++) {
      tags[2 * i] = labels.get(i);
      tags[2 * i + 1] = values[i];
    }
    return tags;
  }
}
