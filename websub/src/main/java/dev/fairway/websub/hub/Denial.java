package dev.fairway.websub.hub;

/** What a subscriber is told when its subscription is refused or ended by the hub (WebSub 5.2). */
public record Denial(String scope, String callback, String echo, String reason) {}
