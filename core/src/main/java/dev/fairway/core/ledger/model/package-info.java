/**
 * Templates written in Java, and what a submission does by them. Start at {@link LedgerModel}; {@link Interpreter} decides
 * what a submission would change, purely, so that a ledger in memory and one on a store obey the same rules.
 *
 * <p>The rules are those of the Daml ledger model: a contract needs its signatories' consent, a choice its controllers';
 * the body of a choice acts with the consent of both. What is stored, who is told and which command was seen before is
 * not known here.
 */
@NullMarked
package dev.fairway.core.ledger.model;

import org.jspecify.annotations.NullMarked;
