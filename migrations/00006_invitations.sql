-- +goose Up
-- Invitations to register an LMS, each for once. Its code is in its address only;
-- hash is what a code is found by.

CREATE TABLE invitations (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL REFERENCES tenants (id),
    hash          TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    on_premises   BOOLEAN NOT NULL,
    pending       BOOLEAN NOT NULL,
    platform_id   TEXT NOT NULL, -- '': nothing was registered with it yet
    claim         TEXT NOT NULL DEFAULT '', -- the registration that is under way
    claimed_until TIMESTAMP,
    expires_at    TIMESTAMP,
    used_at       TIMESTAMP,
    withdrawn_at  TIMESTAMP,
    created_at    TIMESTAMP
);
CREATE INDEX invitations_tenant ON invitations (tenant_id, created_at);
CREATE INDEX invitations_expired ON invitations (expires_at);
