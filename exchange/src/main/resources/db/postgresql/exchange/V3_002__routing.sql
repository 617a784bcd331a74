-- The rules in force, and all that were before them. The newest version is in force.
CREATE TABLE exchange_routing (
  version INTEGER PRIMARY KEY,
  rules TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  made_at BIGINT NOT NULL
);

-- Channels that operators have taken out of use.
CREATE TABLE exchange_maintenance (
  channel TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  since BIGINT NOT NULL
);
