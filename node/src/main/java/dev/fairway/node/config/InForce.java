package dev.fairway.node.config;

/** A value a node runs with, and where it came from. Secrets are masked. */
public record InForce(String key, String value, String origin) {}
