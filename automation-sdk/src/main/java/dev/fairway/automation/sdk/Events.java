package dev.fairway.automation.sdk;

/** Where an integration registers its handlers; only while {@link Integration#start} runs. */
public interface Events {
  /** What happens on the ledger. */
  LedgerEvents ledger();

  /** Calls from the web. */
  Webhooks webhook();

  /** Time. */
  Timers time();

  /** The integration's own queues. */
  Queues queue();

  /** What the node does. */
  JournalEvents journal();

  /** Contracts that are requests and must be answered exactly once. */
  Requests request();

  /**
   * Runs something for as long as the integration does, on a thread of its own: a socket, say. Interrupted at the end;
   * started again, later each time, when it throws or returns early.
   */
  void task(String name, Task task);

  /**
   * Gives back what the integration holds, a connection say. Called once, when the integration stops, after its tasks were
   * interrupted and had ten seconds to end; not when {@link Integration#start} itself throws. A handler under way may end
   * later. What it throws is logged; after ten seconds it is interrupted.
   */
  void onStop(Task release);

  /** Something that runs as long as the integration. */
  @FunctionalInterface
  interface Task {
    void run() throws Exception;
  }
}
