/**
 * The product from outside: started nodes as processes, HTTP in, effects out, {@code kill -9} between. Start at
 * {@link dev.fairway.system.RoomsTest}.
 */
@NullMarked
package dev.fairway.system;

import org.jspecify.annotations.NullMarked;
