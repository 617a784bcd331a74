-- Where each integration is in its ledger, and which handlers have been told all up to there (JSON list of their ids).
-- Round counts the snapshots that are complete, 0 for none; telling names the handlers of the one under way.
CREATE TABLE automation_feed (
  integration  TEXT PRIMARY KEY,
  ledger       TEXT NOT NULL,
  position     TEXT NOT NULL,
  handlers     TEXT NOT NULL,
  round        INTEGER NOT NULL,
  telling      TEXT NOT NULL
) STRICT;

-- The contracts an integration has been told of and that are still active, and the last snapshot that showed each (0 for
-- none), so that what a later one no longer shows is found.
CREATE TABLE automation_seen (
  integration  TEXT NOT NULL,
  contract_id  TEXT NOT NULL,
  contract     TEXT NOT NULL,
  round        INTEGER NOT NULL,
  PRIMARY KEY (integration, contract_id)
) STRICT;

-- Requests and what became of them. State: ready, submitting, accepted, rejected, cancelled, quarantined.
CREATE TABLE automation_request (
  integration  TEXT NOT NULL,
  contract_id  TEXT NOT NULL,
  handler      TEXT NOT NULL,
  template     TEXT NOT NULL,
  parties      TEXT NOT NULL,
  state        TEXT NOT NULL,
  attempts     INTEGER NOT NULL,
  code         TEXT,
  message      TEXT,
  details      TEXT,
  retryable    INTEGER,
  command_id   TEXT,
  first_seen   INTEGER NOT NULL,
  changed      INTEGER NOT NULL,
  PRIMARY KEY (integration, contract_id)
) STRICT;
CREATE INDEX automation_request_contract ON automation_request (contract_id);
CREATE INDEX automation_request_changed ON automation_request (changed);
