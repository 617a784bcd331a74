/**
 * The operator's pages: what the node carries, what waits, what failed and how to mend it. Start at
 * {@link dev.fairway.console.Console}, which makes one door of many {@link dev.fairway.console.ConsolePage}s.
 *
 * <p>Pages are rendered on the server and work without scripts; a little script keeps them up to date by following the
 * journal. This room decides nothing: it reads through the doors' own services and acts only through them.
 */
@NullMarked
package dev.fairway.console;

import org.jspecify.annotations.NullMarked;
