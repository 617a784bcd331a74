package dev.fairway.websub.hub;

import dev.fairway.core.Secret;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.SecretSeal;
import dev.fairway.websub.wire.Signature;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that waits to be verified, as it is written down; its secret is sealed.
 *
 * @param leaseSeconds as it will be granted
 */
public record Verification(String scope, SubscriptionRequest.Mode mode, String topic, String echo, String callback,
    Optional<String> sealedSecret, Signature.Method method, long leaseSeconds, Optional<String> owner) {

  static Verification of(SubscriptionRequest request, HubConfig config, SecretSeal seal) {
    Duration lease = request.lease().map(config::clamp).orElse(config.defaultLease());
    Optional<String> sealed = request.secret().map(secret -> seal.seal(secret, purpose(config.scope())));
    return new Verification(config.scope(), request.mode(), request.topic().text(), request.echo(),
        request.callback().url(), sealed, request.method(), lease.toSeconds(), request.owner());
  }

  /** What a hub's secrets are sealed for. */
  static String purpose(String scope) {
    return "websub.hub " + scope;
  }

  static Optional<Secret> open(Optional<String> sealed, String scope, SecretSeal seal) {
    return sealed.map(text -> seal.open(text, purpose(scope)));
  }

  Topic subject() {
    return new Topic(topic);
  }

  Callback target() {
    return new Callback(callback);
  }

  /** Requests of one subscriber for one topic are verified in the order they came. */
  String key() {
    return Subscriptions.pair(scope, subject(), target());
  }
}
