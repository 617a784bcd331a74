/**
 * A compiler for the part of Daml that {@link dev.fairway.daml.openapi.OpenApiGenerator} writes: modules of records,
 * enumerations, variants and templates whose choices create a contract or do nothing. Start at {@link
 * dev.fairway.daml.small.SmallDaml}.
 *
 * <p>It refuses what it does not know, so that what it takes is Daml; the types of what it makes are checked by the ledger
 * that the package is given to.
 */
@NullMarked
package dev.fairway.daml.small;

import org.jspecify.annotations.NullMarked;
