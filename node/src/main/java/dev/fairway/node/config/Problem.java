package dev.fairway.node.config;

/** Something wrong with a setting: which, what and how to mend it, and where it was written. */
record Problem(String key, String text, Origin origin) {}
