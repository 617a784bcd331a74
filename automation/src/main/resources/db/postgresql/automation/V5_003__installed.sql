-- Packages that were installed; the files themselves are blobs, named by their hash. One version of each is in force.
CREATE TABLE automation_package (
  name          TEXT PRIMARY KEY,
  version       TEXT NOT NULL,
  hash          TEXT NOT NULL,
  size          BIGINT NOT NULL,
  installed_at  BIGINT NOT NULL
);

-- Integrations an operator made, beside those that the node's settings name. Settings are a JSON object of texts; enabled
-- says whether the node starts it when it starts itself.
CREATE TABLE automation_integration (
  id         TEXT PRIMARY KEY,
  type       TEXT NOT NULL,
  ledger     TEXT NOT NULL,
  party      TEXT NOT NULL,
  settings   TEXT NOT NULL,
  enabled    BIGINT NOT NULL,
  log_level  BIGINT NOT NULL,
  changed    BIGINT NOT NULL
);
