package dev.fairway.automation.sdk;

/**
 * What an integration meets that tries to end the process it runs in, which is the node's and not its own. The node puts
 * these calls in place of those that would; nobody writes them.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Exits {
  private Exits() {}

  /** @throws IllegalStateException always */
  public static void refused(int status) {
    throw new IllegalStateException("an integration may not end the node's process (exit status " + status + ")");
  }

  /** @throws IllegalStateException always */
  public static void refused(Runtime runtime, int status) {
    refused(status);
  }
}
