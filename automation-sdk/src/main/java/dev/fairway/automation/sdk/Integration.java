package dev.fairway.automation.sdk;

/**
 * A small program that reacts to contracts, webhooks, timers and queues, and writes to a ledger. A class that implements
 * it needs a public constructor without parameters, and is named by {@code entrypoint} in the package's metadata.
 *
 * <pre>{@code
 * public final class Greeter implements Integration<Greeter.Settings> {
 *   public record Settings(String greeting) {}
 *
 *   public Class<Settings> settings() {
 *     return Settings.class;
 *   }
 *
 *   public void start(Environment<Settings> env, Events events) {
 *     events.ledger().created("Main:Visitor").handle(event -> Response.commands(
 *         Command.exercise(event.contract(), "Greet", struct("words", text(env.settings().greeting())))));
 *   }
 * }
 * }</pre>
 *
 * @param <S> its settings: a record whose components are the fields of its metadata
 */
public interface Integration<S extends Record> {
  /** The type of its settings; {@link NoSettings} when it has none. */
  Class<S> settings();

  /**
   * Called once each time the integration is started, before anything is delivered. Registers handlers, and returns;
   * handlers are known by their kind, template and place, so keep the order stable from one version to the next.
   */
  void start(Environment<S> env, Events events) throws Exception;
}
