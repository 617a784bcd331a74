/**
 * Captures: connectors of any kind, run so that what they capture is in collections once. Start at {@link CaptureTask},
 * and at {@link CaptureProgram} for the kinds there are.
 */
@NullMarked
package dev.fairway.connectors.capture;

import org.jspecify.annotations.NullMarked;
