-- A capture, derivation or materialization, with the state its connector was last known to have.
CREATE TABLE connector_task (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT '{}',
  transactions INTEGER NOT NULL DEFAULT 0,
  documents INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL
);

-- How much of a collection's files counts. What lies behind it was never committed.
CREATE TABLE connector_collection (
  name TEXT PRIMARY KEY,
  committed INTEGER NOT NULL,
  documents INTEGER NOT NULL
);

-- How far a task has read a collection, where the destination does not keep that itself.
CREATE TABLE connector_reader (
  task TEXT NOT NULL,
  binding TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (task, binding)
);
