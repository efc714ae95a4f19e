-- +goose Up
-- pool: Scalelite rather than a server of its own. old_until: when the secrets but
-- the first are forgotten; NULL: somebody does it by hand.
ALTER TABLE servers ADD COLUMN pool BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE servers ADD COLUMN old_until TIMESTAMP;
CREATE INDEX servers_old ON servers (old_until) WHERE old_until IS NOT NULL;

-- How a server did when it was last tried.
CREATE TABLE server_healths (
    server_id   TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    tried_at    TIMESTAMP,
    answered_at TIMESTAMP,
    millis      BIGINT NOT NULL, -- that the last answer took
    failures    BIGINT NOT NULL, -- in a row
    finding     TEXT NOT NULL,   -- '': nothing is wrong
    version     TEXT NOT NULL,
    FOREIGN KEY (tenant_id, server_id) REFERENCES servers (tenant_id, id)
);

-- retire is what is to happen to a recording at retire_at, as the course was told
-- by the announcement warning_id.
ALTER TABLE recordings ADD COLUMN kept BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE recordings ADD COLUMN retire TEXT NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN retire_at TIMESTAMP;
ALTER TABLE recordings ADD COLUMN warning_id TEXT NOT NULL DEFAULT '';
CREATE INDEX recordings_tenant ON recordings (tenant_id, started_at);
CREATE INDEX recordings_ended ON recordings (tenant_id, ended_at);
CREATE INDEX recordings_warning ON recordings (warning_id) WHERE warning_id <> '';

-- warns is what an announcement warns of; '': it is of a meeting or a recording.
ALTER TABLE announcements ADD COLUMN warns TEXT NOT NULL DEFAULT '';

-- peak is the most people seen inside at a time.
ALTER TABLE meetings ADD COLUMN peak BIGINT NOT NULL DEFAULT 0;
CREATE INDEX meetings_tenant ON meetings (tenant_id, created_at);
CREATE INDEX meetings_tenant_open ON meetings (tenant_id, id) WHERE open_room_id IS NOT NULL;

-- What a tenant decided; 0 days: never, 0 as a limit: none.
CREATE TABLE retentions (
    tenant_id      TEXT PRIMARY KEY REFERENCES tenants (id),
    unpublish_days BIGINT NOT NULL,
    delete_days    BIGINT NOT NULL,
    warn_days      BIGINT NOT NULL,
    updated_at     TIMESTAMP
);

CREATE TABLE quota (
    tenant_id    TEXT PRIMARY KEY REFERENCES tenants (id),
    meetings     BIGINT NOT NULL,
    participants BIGINT NOT NULL,
    bytes        BIGINT NOT NULL,
    updated_at   TIMESTAMP
);

CREATE TABLE maintenances (
    tenant_id  TEXT PRIMARY KEY REFERENCES tenants (id),
    words      TEXT NOT NULL,
    begins_at  TIMESTAMP,
    ends_at    TIMESTAMP,
    updated_at TIMESTAMP
);

-- Who is on the way into a meeting of a tenant that has a limit of participants.
CREATE TABLE seats (
    meeting_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    taken_at   TIMESTAMP,
    PRIMARY KEY (meeting_id, user_id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id)
);
CREATE INDEX seats_taken ON seats (taken_at);
