package dev.fairway.websub.hub;

/** The work of a hub on itself: forgetting what has expired. */
public record Upkeep(String scope) {}
