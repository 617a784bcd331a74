-- Until when an account's tokens were taken back by the operator.
CREATE TABLE datatrust_revoked (
  account  TEXT PRIMARY KEY,
  until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
