-- +goose Up
-- The ways into the console.

-- Addresses that let one person in once; id is the digest of the code.
CREATE TABLE sign_in_links (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    account_id TEXT NOT NULL, -- '': makes the first account
    expires_at TIMESTAMP,
    created_at TIMESTAMP
);
CREATE INDEX sign_in_links_account ON sign_in_links (tenant_id, account_id);
CREATE INDEX sign_in_links_expired ON sign_in_links (expires_at);

-- What was tried in vain; id is the digest of what is counted. Of the whole
-- installation: whoever guesses need not say whose account it is.
CREATE TABLE attempts (
    id       TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at  TIMESTAMP,
    until    TIMESTAMP
);
CREATE INDEX attempts_last ON attempts (last_at);

-- Public halves of key pairs.
CREATE TABLE passkeys (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    credential    TEXT NOT NULL, -- JSON
    created_at    TIMESTAMP,
    used_at       TIMESTAMP,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX passkeys_account ON passkeys (tenant_id, account_id);

-- The school's own sign-in.
CREATE TABLE sso_providers (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL UNIQUE REFERENCES tenants (id),
    name          TEXT NOT NULL,
    issuer        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    client_secret TEXT NOT NULL, -- sealed
    scopes        TEXT NOT NULL,
    groups_claim  TEXT NOT NULL,
    rules         TEXT NOT NULL, -- JSON
    domains       TEXT NOT NULL, -- JSON
    required      BOOLEAN NOT NULL,
    enabled       BOOLEAN NOT NULL,
    created_at    TIMESTAMP,
    updated_at    TIMESTAMP
);

-- Whose account somebody has, as the provider knows them.
CREATE TABLE identities (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    account_id TEXT NOT NULL,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    by_group   BOOLEAN NOT NULL,
    created_at TIMESTAMP,
    used_at    TIMESTAMP,
    UNIQUE (tenant_id, issuer, subject),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX identities_account ON identities (tenant_id, account_id);
