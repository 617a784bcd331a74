/**
 * What the author of an integration compiles against. Start at {@link Integration}: it is given an {@link Environment} and
 * registers its handlers with {@link Events}; a handler answers with commands for the ledger, and the node sees to it that
 * a handler that crashed runs again and that its commands are sent once.
 *
 * <p>Nothing here stores, sends or retries: that is the node's.
 */
@NullMarked
package dev.fairway.automation.sdk;

import org.jspecify.annotations.NullMarked;
