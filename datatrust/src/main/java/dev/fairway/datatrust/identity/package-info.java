/**
 * Who an account holder is: a signed message becomes a token. Start at {@link LogIn}; {@link Tokens} are what it gives.
 *
 * <p>What an account may have is not decided here.
 */
@NullMarked
package dev.fairway.datatrust.identity;

import org.jspecify.annotations.NullMarked;
