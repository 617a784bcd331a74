package dev.fairway.connector.flow;

/** What connectors and runtimes agree on beyond single messages. */
public final class Protocol {
  /** The version every Spec response names. */
  public static final int VERSION = 3032023;
  /** The environment variable that chooses a codec: {@code json} or {@code proto}. */
  public static final String CODEC_VARIABLE = "FLOW_RUNTIME_CODEC";
  /** What stands at {@code /_meta/uuid} until a document is published. */
  public static final String UUID_PLACEHOLDER = "DocUUIDPlaceholder-329Bb50aa48EAa9ef";
  /** The member of a connector's state that is keyed by {@link StateKey}. */
  public static final String BINDING_STATE = "bindingStateV1";

  private Protocol() {}
}
