/**
 * Settings: {@code fairway.yaml}, what the command line overrides, and what the environment fills in. Start at
 * {@link dev.fairway.node.config.Settings}.
 *
 * <p>A setting is declared by reading it, with its default, bounds and description; the reference page is made from the
 * same calls. All problems are told at once, before a socket opens. This package knows no door.
 */
@NullMarked
package dev.fairway.node.config;

import org.jspecify.annotations.NullMarked;
