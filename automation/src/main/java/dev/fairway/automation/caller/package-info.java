/**
 * Answers requests that were generated from the description of an HTTP API, by calling that API. Start at {@link
 * dev.fairway.automation.caller.ApiCaller}; the mapping file that the generator writes beside the templates tells it what
 * each name stands for.
 *
 * <p>It knows no template of its own and reads no API description: that is the generator's part.
 */
@NullMarked
package dev.fairway.automation.caller;

import org.jspecify.annotations.NullMarked;
