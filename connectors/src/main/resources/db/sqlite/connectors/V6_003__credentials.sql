-- Credentials as the provider last refreshed them, sealed; they belong to those that were configured.
CREATE TABLE connector_credentials (
  task TEXT PRIMARY KEY,
  configured TEXT NOT NULL,
  sealed TEXT NOT NULL,
  refreshed_at INTEGER NOT NULL
);
