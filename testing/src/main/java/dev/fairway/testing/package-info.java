/**
 * What tests of every room stand on. Start at {@link TestClock}; the contracts of each SPI lie in the packages below.
 */
@NullMarked
package dev.fairway.testing;

import org.jspecify.annotations.NullMarked;
