package dev.fairway.automation.sdk;

/**
 * Which try of a delivery this is.
 *
 * @param idempotencyKey the same on every attempt, and different for different deliveries; send it along with calls to
 * the outside
 * @param number 1 for the first
 * @param maybeDone whether an earlier attempt may have had its effect outside, because its process died
 */
public record Attempt(String idempotencyKey, int number, boolean maybeDone) {}
