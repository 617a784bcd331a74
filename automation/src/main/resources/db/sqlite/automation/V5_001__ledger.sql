-- The local ledger. Times are microseconds since 1970, UTC. A position is a transaction's place in the ledger.

-- One row: the last position given, and the last that was pruned.
CREATE TABLE automation_ledger (
  position  INTEGER NOT NULL,
  pruned    INTEGER NOT NULL
) STRICT;
INSERT INTO automation_ledger (position, pruned) VALUES (0, 0);

CREATE TABLE automation_ledger_transaction (
  position     INTEGER PRIMARY KEY,
  command_id   TEXT NOT NULL,
  act_as       TEXT NOT NULL,
  workflow_id  TEXT,
  time         INTEGER NOT NULL
) STRICT;

CREATE TABLE automation_contract (
  id                TEXT PRIMARY KEY,
  template          TEXT NOT NULL,
  package_name      TEXT NOT NULL,
  payload           TEXT NOT NULL,
  contract_key      TEXT,
  signatories       TEXT NOT NULL,
  observers         TEXT NOT NULL,
  time              INTEGER NOT NULL,
  created           INTEGER NOT NULL,
  created_place     INTEGER NOT NULL,
  archived          INTEGER,
  archived_place    INTEGER
) STRICT;
CREATE UNIQUE INDEX automation_contract_created ON automation_contract (created, created_place);
CREATE INDEX automation_contract_archived ON automation_contract (archived) WHERE archived IS NOT NULL;
CREATE UNIQUE INDEX automation_contract_key ON automation_contract (template, contract_key)
  WHERE contract_key IS NOT NULL AND archived IS NULL;

-- What became of each command id; kept for its deduplication period.
CREATE TABLE automation_ledger_command (
  command_id  TEXT NOT NULL,
  act_as      TEXT NOT NULL,
  until       INTEGER NOT NULL,
  position    INTEGER,
  reason      TEXT,
  code        TEXT,
  detail      TEXT,
  meta        TEXT,
  PRIMARY KEY (command_id, act_as)
) STRICT;
CREATE INDEX automation_ledger_command_until ON automation_ledger_command (until);

CREATE TABLE automation_party (
  name  TEXT PRIMARY KEY,
  time  INTEGER NOT NULL
) STRICT;

-- Packages of templates that were given to the ledger as a description, in the order they came.
CREATE TABLE automation_ledger_package (
  id      TEXT PRIMARY KEY,
  place   INTEGER NOT NULL,
  source  TEXT NOT NULL
) STRICT;
