/**
 * The one room that knows all the others: main, configuration, wiring, the command line and the demo. Start at
 * {@link dev.fairway.node.Node}, whose start is the map of the product.
 *
 * <p>Nothing here decides anything about messages, ledgers or data; that is the doors'.
 */
@NullMarked
package dev.fairway.node;

import org.jspecify.annotations.NullMarked;
