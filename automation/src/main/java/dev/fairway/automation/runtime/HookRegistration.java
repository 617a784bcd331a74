package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.Webhooks;
import java.util.Set;

/** A webhook, while its author says how it is to be called. */
final class HookRegistration implements Webhooks.Hook {
  static final Set<String> TAKEN = Set.of("/status", "/healthz", "/livez", "/readyz", "/log-level");

  private final Registrations registrations;
  private final String method;
  private final SuffixPattern suffix;
  private String label;
  private Authorization level = Authorization.PUBLIC;
  private boolean answerFirst;

  HookRegistration(Registrations registrations, String method, String suffix) {
    if (TAKEN.contains(suffix)) {
      throw new IllegalArgumentException("the suffix " + suffix + " is taken; there are taken " + TAKEN);
    }
    this.registrations = registrations;
    this.method = method;
    this.suffix = SuffixPattern.parse(suffix);
    this.label = method + " " + suffix;
  }

  @Override
  public Webhooks.Hook label(String text) {
    label = text;
    return this;
  }

  @Override
  public Webhooks.Hook authorized(Authorization wanted) {
    level = wanted;
    return this;
  }

  @Override
  public Webhooks.Hook answerFirst() {
    answerFirst = true;
    return this;
  }

  @Override
  public void handle(Webhooks.WebhookHandler handler) {
    registrations.requireOpen();
    registrations.hooks.add(new Registrations.OnCall(method, suffix, level, answerFirst, handler, new Counters(label)));
  }
}
