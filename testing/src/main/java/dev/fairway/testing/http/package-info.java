/** HTTP as no client library would speak it. Start at {@link RawHttp}. */
@NullMarked
package dev.fairway.testing.http;

import org.jspecify.annotations.NullMarked;
