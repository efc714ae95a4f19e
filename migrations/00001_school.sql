-- +goose Up
-- Every row belongs to a tenant. A reference to another row carries the tenant
-- with it, so that no row can ever point into another school; that is what the
-- UNIQUE (tenant_id, id) of the tables that are pointed to are for.
-- References that may be empty hold '' and have no foreign key.

CREATE TABLE tenants (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    locale         TEXT NOT NULL,
    time_zone      TEXT NOT NULL,
    chat_guests    TEXT NOT NULL,
    names_in_posts BOOLEAN NOT NULL,
    match_email    BOOLEAN NOT NULL,
    created_at     TIMESTAMP
);

INSERT INTO tenants (id, name, locale, time_zone, chat_guests, names_in_posts, match_email, created_at)
VALUES ('default', '', 'en', 'UTC', 'wait', FALSE, TRUE, CURRENT_TIMESTAMP);

CREATE TABLE platforms (
    id              TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL REFERENCES tenants (id),
    name            TEXT NOT NULL,
    issuer          TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    auth_url        TEXT NOT NULL,
    token_url       TEXT NOT NULL,
    jwks_url        TEXT NOT NULL,
    audience        TEXT NOT NULL,
    on_premises     BOOLEAN NOT NULL,
    allow_anonymous BOOLEAN NOT NULL,
    disabled        BOOLEAN NOT NULL,
    roles           TEXT NOT NULL,
    channels        TEXT NOT NULL,
    new_deployments TEXT NOT NULL,
    frame_origins   TEXT, -- NULL: none
    record          BOOLEAN NOT NULL,
    created_at      TIMESTAMP,
    UNIQUE (tenant_id, id),
    UNIQUE (issuer, client_id)
);

CREATE TABLE deployments (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL,
    platform_id   TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    state         TEXT NOT NULL,
    created_at    TIMESTAMP,
    UNIQUE (platform_id, deployment_id),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id)
);

-- The tool's own signing keys (RFC 7517); private is sealed.
CREATE TABLE tool_keys (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    state      TEXT NOT NULL,
    private    TEXT NOT NULL,
    public     TEXT NOT NULL,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
CREATE INDEX tool_keys_tenant ON tool_keys (tenant_id, created_at);

-- BigBlueButton servers; secrets is sealed.
CREATE TABLE servers (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    secrets    TEXT NOT NULL,
    hash       TEXT NOT NULL,
    disabled   BOOLEAN NOT NULL,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    UNIQUE (tenant_id, id)
);

-- The school's Mattermost; token and oauth_secret are sealed.
CREATE TABLE chat_connections (
    tenant_id    TEXT PRIMARY KEY REFERENCES tenants (id),
    url          TEXT NOT NULL,
    token        TEXT NOT NULL,
    bot_id       TEXT NOT NULL,
    team_id      TEXT NOT NULL,
    team_name    TEXT NOT NULL,
    oauth_id     TEXT NOT NULL,
    oauth_secret TEXT NOT NULL,
    updated_at   TIMESTAMP
);

-- One-use tokens that were used; nothing of whose they were.
CREATE TABLE consumed (
    id      TEXT PRIMARY KEY,
    expires TIMESTAMP NOT NULL
);
CREATE INDEX consumed_expires ON consumed (expires);
