-- A capture, derivation or materialization, with the state its connector was last known to have.
CREATE TABLE connector_task (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  paused BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT '{}',
  transactions BIGINT NOT NULL DEFAULT 0,
  documents BIGINT NOT NULL DEFAULT 0,
  bytes BIGINT NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL
);

-- How much of a collection's files counts. What lies behind it was never committed.
CREATE TABLE connector_collection (
  name TEXT PRIMARY KEY,
  committed BIGINT NOT NULL,
  documents BIGINT NOT NULL
);

-- How far a task has read a collection, where the destination does not keep that itself.
CREATE TABLE connector_reader (
  task TEXT NOT NULL,
  binding TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (task, binding)
);
