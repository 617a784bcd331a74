package dev.fairway.core.journal;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened.
 *
 * @param offset its place in the journal: 1 for the first, then without gaps, in commit order
 * @param id the same wherever and however often it is told; a CloudEvents id
 */
public record Event(long offset, UUID id, String type, String subject, Instant time, String body) {}
