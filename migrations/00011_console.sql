-- +goose Up
-- Who may sign in to the console. An e-mail address is one account's in the whole
-- installation.
CREATE TABLE accounts (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    password   TEXT NOT NULL, -- argon2id; '': none
    locale     TEXT NOT NULL,
    disabled   BOOLEAN NOT NULL,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    UNIQUE (tenant_id, id)
);

-- Browsers that are signed in; id is the digest of what the browser holds.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    account_id TEXT NOT NULL,
    entered    TEXT NOT NULL,
    method     TEXT NOT NULL,
    address    TEXT NOT NULL,
    browser    TEXT NOT NULL,
    created_at TIMESTAMP,
    seen_at    TIMESTAMP,
    proved_at  TIMESTAMP,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_seen ON sessions (seen_at);

-- Who did what. Actors may go; what they did stays: no foreign key.
CREATE TABLE audit_entries (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    actor_id   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    act        TEXT NOT NULL,
    subject    TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    detail     TEXT NOT NULL,
    address    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    created_at TIMESTAMP
);
CREATE INDEX audit_entries_tenant ON audit_entries (tenant_id, id);
