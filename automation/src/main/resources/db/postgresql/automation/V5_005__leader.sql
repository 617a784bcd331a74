-- Which process acts for an integration where several share the database, until when unless it renews, and how often that
-- has changed hands. Times are microseconds since 1970.
CREATE TABLE automation_leader (
  integration  TEXT PRIMARY KEY,
  owner        TEXT NOT NULL,
  lease_until  BIGINT NOT NULL,
  epoch        BIGINT NOT NULL
);
