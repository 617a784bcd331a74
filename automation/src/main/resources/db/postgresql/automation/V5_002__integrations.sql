-- Where each integration is in its ledger, and which handlers have been told all up to there (JSON list of their ids).
-- Round counts the snapshots that are complete, 0 for none; telling names the handlers of the one under way.
CREATE TABLE automation_feed (
  integration  TEXT PRIMARY KEY,
  ledger       TEXT NOT NULL,
  position     TEXT NOT NULL,
  handlers     TEXT NOT NULL,
  round        BIGINT NOT NULL,
  telling      TEXT NOT NULL
);

-- The contracts an integration has been told of and that are still active, and the last snapshot that showed each (0 for
-- none), so that what a later one no longer shows is found.
CREATE TABLE automation_seen (
  integration  TEXT NOT NULL,
  contract_id  TEXT NOT NULL,
  contract     TEXT NOT NULL,
  round        BIGINT NOT NULL,
  PRIMARY KEY (integration, contract_id)
);

-- Requests and what became of them. State: ready, submitting, accepted, rejected, cancelled, quarantined.
CREATE TABLE automation_request (
  integration  TEXT NOT NULL,
  contract_id  TEXT NOT NULL,
  handler      TEXT NOT NULL,
  template     TEXT NOT NULL,
  parties      TEXT NOT NULL,
  state        TEXT NOT NULL,
  attempts     BIGINT NOT NULL,
  code         TEXT,
  message      TEXT,
  details      TEXT,
  retryable    BIGINT,
  command_id   TEXT,
  first_seen   BIGINT NOT NULL,
  changed      BIGINT NOT NULL,
  PRIMARY KEY (integration, contract_id)
);
CREATE INDEX automation_request_contract ON automation_request (contract_id);
CREATE INDEX automation_request_changed ON automation_request (changed);
