package dev.fairway.websub.subscriber;

/** The work of keeping one subscription of this node alive. */
public record Keeping(String subscription) {}
