package dev.fairway.core.store;

/** Which SQL a {@link View} speaks, for the few statements that differ. */
public enum Dialect {
  SQLITE, POSTGRES
}
