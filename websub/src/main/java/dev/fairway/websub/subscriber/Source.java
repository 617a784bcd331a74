package dev.fairway.websub.subscriber;

import java.net.URI;

/** Where to subscribe. */
public sealed interface Source {
  URI url();

  /** At a hub whose address is configured. */
  record Hub(URI url) implements Source {}

  /** At the hub that a topic's own address names (WebSub 4). */
  record TopicAddress(URI url) implements Source {}

  /** As it is written down; {@link #parse} reads it. */
  default String text() {
    return switch (this) {
      case Hub _ -> "hub " + url();
      case TopicAddress _ -> "topic " + url();
    };
  }

  static Source parse(String text) {
    return text.startsWith("topic ")
        ? new TopicAddress(URI.create(text.substring(6)))
        : new Hub(URI.create(text.substring(4)));
  }
}
