package dev.fairway.automation.installed;

import java.time.Instant;

/**
 * What is known of an installed package without opening it.
 *
 * @param hash SHA-256 of its file, in lower-case hex; names it among the blobs
 * @param size of the file, in bytes
 */
public record PackageFacts(String name, String version, String hash, long size, Instant installedAt) {}
