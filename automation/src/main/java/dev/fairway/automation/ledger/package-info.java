/**
 * The ledger in the box: parties, templates and contracts on the node's own store, for whoever has no other ledger yet.
 * Start at {@link StoreLedger}; {@link TemplateSource} reads templates from YAML.
 *
 * <p>It is one organisation's ledger: it keeps parties apart, but whoever runs the node can read its database. What a
 * submission does is decided by {@link dev.fairway.core.ledger.model.Interpreter}; here it is kept and told.
 */
@NullMarked
package dev.fairway.automation.ledger;

import org.jspecify.annotations.NullMarked;
