/**
 * What WebSub puts on the wire: form bodies, {@code Link} headers, signatures and callback addresses, each read strictly and
 * written exactly. Pure functions; nothing here does I/O.
 */
@NullMarked
package dev.fairway.websub.wire;

import org.jspecify.annotations.NullMarked;
