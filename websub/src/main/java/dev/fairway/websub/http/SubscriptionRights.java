package dev.fairway.websub.http;

/**
 * Which scopes the Subscriptions API asks for.
 *
 * @param subscribe to subscribe, and to see and end subscriptions of one's own
 * @param everything to subscribe to everything, and to see and end anybody's subscriptions
 * @param read to read the newest content of a topic
 */
public record SubscriptionRights(String subscribe, String everything, String read) {
  public static final SubscriptionRights IGL = new SubscriptionRights("igl.subscription", "igl.admin",
      "igl.message.read");
}
