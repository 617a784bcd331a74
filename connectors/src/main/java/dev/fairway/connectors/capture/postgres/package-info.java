/**
 * A PostgreSQL database as a source: its tables as they are, then every change of them. Start at {@link
 * dev.fairway.connectors.capture.postgres.PostgresCapture}.
 */
@NullMarked
package dev.fairway.connectors.capture.postgres;

import org.jspecify.annotations.NullMarked;
