/**
 * Connectors: data captured from anywhere into collections, and materialized anywhere from them. Start at
 * {@link Connectors}, which runs the tasks of Flow specification files, and {@link ConnectorCommands}, what a person does
 * with one connector at a time.
 *
 * <p>The protocols are in {@code connector-sdk}. Nothing here knows messages, ledgers or the other doors.
 */
@NullMarked
package dev.fairway.connectors;

import org.jspecify.annotations.NullMarked;
