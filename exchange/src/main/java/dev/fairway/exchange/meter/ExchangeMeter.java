package dev.fairway.exchange.meter;

/** Everything the exchange measures. Label values are bounded: channels are configured, the others are enums. */
public enum ExchangeMeter {
  /** Calls that handed a message to a channel; labels: channel, outcome. */
  POST("fairway.exchange.post", "Time to hand a message to a channel, by how that ended"),
  /** What channels showed this node of messages; labels: channel, status. */
  SHOWN("fairway.exchange.shown", "Messages and changes a channel showed, by status"),
  /** Whether a channel's last calls failed; label: channel. */
  TROUBLE("fairway.exchange.channel.trouble", "1 while a channel does not work, otherwise 0"),
  /** Messages that are still under way; labels: state, channel. */
  MESSAGES("fairway.exchange.messages", "Messages that are neither certain nor given up, by state and channel"),
  /** How long the oldest of them has been under way; labels: state, channel. */
  OLDEST("fairway.exchange.oldest", "Time since the oldest of these messages was accepted; 0 when there is none");

  private final String meterName;
  private final String sentence;

  ExchangeMeter(String meterName, String sentence) {
    this.meterName = meterName;
    this.sentence = sentence;
  }

  public String meterName() {
    return meterName;
  }

  public String sentence() {
    return sentence;
  }
}
