-- +goose Up
-- What an admin's rights alone can see of the chat, as it was at the last sign-in.
ALTER TABLE chat_connections ADD COLUMN team_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chat_connections ADD COLUMN bot_owner TEXT NOT NULL DEFAULT '';

-- An admin of the chat's server who is signed in, for one change, between its plan
-- and its confirmation; token is sealed, and '' once the session has been ended.
-- wish, plan and report are JSON without secrets.
CREATE TABLE chat_visits (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    account_id TEXT NOT NULL,
    state      TEXT NOT NULL,
    username   TEXT NOT NULL,
    token      TEXT NOT NULL,
    ours       BOOLEAN NOT NULL,
    wish       TEXT NOT NULL,
    plan       TEXT NOT NULL,
    report     TEXT NOT NULL,
    expires_at TIMESTAMP,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    UNIQUE (tenant_id, id)
);
CREATE INDEX chat_visits_expired ON chat_visits (expires_at);

-- How many people there are, once a day: tells when a limit will be reached.
CREATE TABLE chat_counts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    day       TEXT NOT NULL, -- 2006-01-02, UTC
    users     BIGINT NOT NULL,
    members   BIGINT NOT NULL, -- of the team
    PRIMARY KEY (tenant_id, day)
);

-- Why a post is not what it should be: '' when it is.
ALTER TABLE announcements ADD COLUMN problem TEXT NOT NULL DEFAULT '';
ALTER TABLE announcements ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE announcements ADD COLUMN failed_at TIMESTAMP;
CREATE INDEX announcements_open ON announcements (tenant_id, created_at) WHERE state = 'waiting' OR problem <> '';

CREATE INDEX courses_channel ON courses (channel_id) WHERE channel_id <> '';
