package dev.fairway.websub.hub;

/**
 * One publication for one subscription, as it is written down.
 *
 * @param id the same for every subscriber and on every attempt
 */
public record Notice(String scope, String subscription, String id, String topic, String contentType, String body) {}
