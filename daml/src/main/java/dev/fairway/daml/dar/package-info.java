/**
 * What a DAR file declares: packages, templates, choices, keys and data types, from Daml-LF 1.6 to 2.x. Start at
 * {@link dev.fairway.daml.dar.DarReader}.
 *
 * <p>Expressions are neither decoded nor checked; a ledger does that when the DAR is uploaded.
 */
@NullMarked
package dev.fairway.daml.dar;

import org.jspecify.annotations.NullMarked;
