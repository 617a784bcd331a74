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
  lease_seconds  BIGINT NOT NULL,
  confirmed_at   BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0,
  last_error     TEXT
);
CREATE INDEX websub_subscription_expiry ON websub_subscription (scope, expires_at);

-- The newest publication of each topic, for whoever discovers it.
CREATE TABLE websub_latest (
  scope         TEXT NOT NULL,
  topic_key     TEXT COLLATE "C" NOT NULL,
  position      BIGINT NOT NULL,
  content_type  TEXT NOT NULL,
  body          TEXT NOT NULL,
  told_at       BIGINT NOT NULL,
  PRIMARY KEY (scope, topic_key)
);
CREATE INDEX websub_latest_age ON websub_latest (scope, told_at);

-- This node as a subscriber: one row per channel and topic.
CREATE TABLE websub_outgoing (
  id                TEXT PRIMARY KEY,
  channel           TEXT NOT NULL,
  topic             TEXT NOT NULL,
  source            TEXT NOT NULL,
  version           BIGINT NOT NULL,
  state             TEXT NOT NULL,
  next_due          BIGINT NOT NULL,
  sealed_token      TEXT NOT NULL,
  sealed_secret     TEXT,
  sealed_previous   TEXT,
  previous_until    BIGINT NOT NULL DEFAULT 0,
  sealed_pending    TEXT,
  pending_mode      TEXT,
  pending_topics    TEXT NOT NULL,
  pending_until     BIGINT NOT NULL DEFAULT 0,
  requested_lease   BIGINT NOT NULL,
  granted_lease     BIGINT,
  verified_at       BIGINT,
  expires_at        BIGINT,
  failures          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT
);
CREATE INDEX websub_outgoing_channel ON websub_outgoing (channel);
