/**
 * Daml ledgers, and what is compiled for them. {@link dev.fairway.daml.dar.DarReader} tells what a DAR holds without an
 * SDK.
 *
 * <p>This room evaluates no Daml: what a choice does is known to the ledger alone.
 */
@NullMarked
package dev.fairway.daml;

import org.jspecify.annotations.NullMarked;
