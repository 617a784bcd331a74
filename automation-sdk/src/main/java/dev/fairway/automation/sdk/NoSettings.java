package dev.fairway.automation.sdk;

/** The settings of an integration that has none. */
public record NoSettings() {}
