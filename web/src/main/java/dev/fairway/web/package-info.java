/**
 * The HTTP kit every door uses: one server, one way to declare a route, one place for errors, one guarded client for
 * calls to the outside.
 *
 * <p>Start at {@link dev.fairway.web.Door} and {@link dev.fairway.web.Route}: a door declares what it serves once, and
 * the server, the access rules and the OpenAPI document are made from that. {@link dev.fairway.web.WebServer} runs doors;
 * a handler sees one {@link dev.fairway.web.Call}.
 *
 * <p>This room knows no door and stores nothing. The HTTP library under it does not show through its types.
 */
@NullMarked
package dev.fairway.web;

import org.jspecify.annotations.NullMarked;
