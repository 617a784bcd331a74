-- Subscriptions to this node's hubs and of this node at others. Times are microseconds since 1970, UTC.

CREATE TABLE websub_subscription (
  id             TEXT PRIMARY KEY,
  -- made of scope, topic and callback, which together may be too long for an index
  pair           TEXT NOT NULL UNIQUE,
  scope          TEXT NOT NULL,
  -- what it covers, in upper case; empty for everything
  topic_key      TEXT NOT NULL,
  -- as the subscriber knows it, echoed unchanged
  topic          TEXT NOT NULL,
  echo           TEXT NOT NULL,
  callback       TEXT NOT NULL,
  sealed_secret  TEXT,
  method         TEXT NOT NULL,
  owner          TEXT,
  lease_seconds  INTEGER NOT NULL,
  confirmed_at   INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0,
  last_error     TEXT
) STRICT;
CREATE INDEX websub_subscription_expiry ON websub_subscription (scope, expires_at);

-- The newest publication of each topic, for whoever discovers it.
CREATE TABLE websub_latest (
  scope         TEXT NOT NULL,
  topic_key     TEXT NOT NULL,
  position      INTEGER NOT NULL,
  content_type  TEXT NOT NULL,
  body          TEXT NOT NULL,
  told_at       INTEGER NOT NULL,
  PRIMARY KEY (scope, topic_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX websub_latest_age ON websub_latest (scope, told_at);

-- This node as a subscriber: one row per channel and topic.
CREATE TABLE websub_outgoing (
  id                TEXT PRIMARY KEY,
  channel           TEXT NOT NULL,
  topic             TEXT NOT NULL,
  source            TEXT NOT NULL,
  version           INTEGER NOT NULL,
  state             TEXT NOT NULL,
  next_due          INTEGER NOT NULL,
  sealed_token      TEXT NOT NULL,
  sealed_secret     TEXT,
  sealed_previous   TEXT,
  previous_until    INTEGER NOT NULL DEFAULT 0,
  sealed_pending    TEXT,
  pending_mode      TEXT,
  pending_topics    TEXT NOT NULL,
  pending_until     INTEGER NOT NULL DEFAULT 0,
  requested_lease   INTEGER NOT NULL,
  granted_lease     INTEGER,
  verified_at       INTEGER,
  expires_at        INTEGER,
  failures          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT
) STRICT;
CREATE INDEX websub_outgoing_channel ON websub_outgoing (channel);
