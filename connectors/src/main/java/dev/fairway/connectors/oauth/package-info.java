/**
 * Signing in at a provider with OAuth 2.0 and PKCE (RFC 6749, RFC 7636), all in this process. Start at {@link SignIn}.
 *
 * <p>Nothing here stores credentials: what comes back is given to whoever asked.
 */
@NullMarked
package dev.fairway.connectors.oauth;

import org.jspecify.annotations.NullMarked;
