package dev.fairway.websub.hub;

import java.time.Instant;

/** The newest content of a topic. */
public record Latest(String contentType, String body, Instant toldAt) {}
