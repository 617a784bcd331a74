package dev.fairway.automation.sdk;

/**
 * Handlers of calls from the web, under {@code /integrations/{id}}. A suffix begins with a slash, or is empty for the
 * integration's own path; {@code {name}} in it stands for one segment, {@code {name:[0-9]+}} for one that matches. The
 * suffixes {@code /status}, {@code /healthz}, {@code /livez}, {@code /readyz} and {@code /log-level} are taken.
 */
public interface Webhooks {
  Hook get(String suffix);

  Hook post(String suffix);

  /** A registration about to be made; {@link #handle} makes it. */
  interface Hook {
    /** For people. */
    Hook label(String text);

    /** {@link Authorization#PUBLIC} when nothing is said. */
    Hook authorized(Authorization level);

    /**
     * Answers as soon as the commands are stored, and sends them after that. When nothing is said, the answer waits for
     * the ledger, and a refusal by the ledger is the answer.
     */
    Hook answerFirst();

    void handle(WebhookHandler handler);
  }

  /** What answers a call. */
  @FunctionalInterface
  interface WebhookHandler {
    WebhookResponse handle(WebhookRequest request) throws Exception;
  }
}
