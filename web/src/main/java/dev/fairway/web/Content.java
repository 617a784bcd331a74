package dev.fairway.web;

import java.nio.channels.SeekableByteChannel;
import java.time.Instant;
import java.util.Optional;

/**
 * Bytes to answer with, whole or in a range (RFC 9110, sections 13 and 14).
 *
 * @param channel where they are; closed by the answer
 * @param contentType their media type
 * @param etag a strong validator without its quotes; empty when there is none
 * @param modified when they last changed
 */
public record Content(SeekableByteChannel channel, String contentType, Optional<String> etag,
    Optional<Instant> modified) {}
