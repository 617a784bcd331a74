-- The spine: work, the journal, and what the store knows of itself. Times are microseconds since 1970, UTC.

CREATE TABLE work (
  seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           UUID NOT NULL,
  kind         TEXT NOT NULL,
  work_key     TEXT,
  unique_name  TEXT,
  priority     INTEGER NOT NULL,
  -- ready: may be leased; scheduled: due later; behind: waits for an older one of its key; leased; dead
  state        TEXT NOT NULL,
  due          BIGINT NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  previous     TEXT,
  lease_owner  TEXT,
  lease_until  BIGINT,
  dead_blocks  BOOLEAN NOT NULL,
  payload      BYTEA NOT NULL,
  enqueued_at  BIGINT NOT NULL,
  first_due    BIGINT NOT NULL,
  died_at      BIGINT,
  cause        TEXT
);
CREATE UNIQUE INDEX work_id ON work (id);
CREATE UNIQUE INDEX work_unique ON work (kind, unique_name) WHERE unique_name IS NOT NULL;
CREATE INDEX work_ready ON work (kind, priority DESC, seq) WHERE state = 'ready';
CREATE INDEX work_scheduled ON work (due) WHERE state = 'scheduled';
CREATE INDEX work_leased ON work (lease_until) WHERE state = 'leased';
CREATE INDEX work_keyed ON work (kind, work_key, state, seq) WHERE work_key IS NOT NULL;
CREATE INDEX work_dead ON work (kind, seq) WHERE state = 'dead';

CREATE TABLE work_failure (
  work_seq  BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  attempt   INTEGER NOT NULL,
  class     TEXT NOT NULL,
  why       TEXT NOT NULL
);
CREATE INDEX work_failure_of ON work_failure (work_seq);

CREATE TABLE journal (
  position  BIGINT PRIMARY KEY,
  id        UUID NOT NULL,
  type      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  time      BIGINT NOT NULL,
  body      TEXT NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, position);

-- One row: the last position given, and the last that retention has taken.
CREATE TABLE journal_head (
  position  BIGINT NOT NULL,
  trimmed   BIGINT NOT NULL
);
INSERT INTO journal_head (position, trimmed) VALUES (0, 0);

CREATE TABLE journal_follower (
  name         TEXT PRIMARY KEY,
  position     BIGINT NOT NULL,
  lease_owner  TEXT,
  lease_until  BIGINT NOT NULL,
  epoch        BIGINT NOT NULL
);

CREATE TABLE store_audit (
  seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      BIGINT NOT NULL,
  actor   TEXT NOT NULL,
  act     TEXT NOT NULL,
  target  TEXT NOT NULL,
  detail  TEXT NOT NULL
);
CREATE INDEX store_audit_target ON store_audit (target, seq);

-- One row: which migrations made this schema, so that a start need not look at them one by one.
CREATE TABLE store_schema (fingerprint TEXT NOT NULL);
