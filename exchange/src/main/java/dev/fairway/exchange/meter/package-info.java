/**
 * What this room measures: {@link dev.fairway.exchange.meter.ExchangeMeter} is the catalogue.
 *
 * <p>Work is measured where it is kept, and calls where they are served.
 */
@NullMarked
package dev.fairway.exchange.meter;

import org.jspecify.annotations.NullMarked;
