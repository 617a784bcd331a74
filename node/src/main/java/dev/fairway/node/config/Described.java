package dev.fairway.node.config;

/**
 * A setting as its reader declared it; the reference page is a table of these.
 *
 * @param key with {@code *} for a name the operator chooses
 */
public record Described(String key, String type, String standard, String description) {}
