-- +goose Up
-- open_room_id is the room while the meeting is open, else NULL: a room has one
-- open meeting, whoever and wherever tries to start a second.
CREATE TABLE meetings (
    id                TEXT PRIMARY KEY,
    tenant_id         TEXT NOT NULL,
    room_id           TEXT NOT NULL,
    open_room_id      TEXT UNIQUE,
    server_id         TEXT NOT NULL,
    state             TEXT NOT NULL,
    started_by        TEXT NOT NULL,
    name              TEXT NOT NULL,
    record            BOOLEAN NOT NULL,
    announcement_id   TEXT NOT NULL,
    internal_id       TEXT NOT NULL,
    create_time       BIGINT NOT NULL,
    lease_until       TIMESTAMP,
    seen_at           TIMESTAMP,
    inside            BIGINT NOT NULL,
    missing_since     TIMESTAMP,
    end_asked_at      TIMESTAMP,
    ended_at          TIMESTAMP,
    attended          BIGINT NOT NULL,
    recording_state   TEXT NOT NULL,
    unmarked          BOOLEAN NOT NULL,
    recording_look_at TIMESTAMP,
    joined_at         TIMESTAMP,
    looked_at         TIMESTAMP,
    created_at        TIMESTAMP,
    updated_at        TIMESTAMP,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id),
    FOREIGN KEY (tenant_id, server_id) REFERENCES servers (tenant_id, id),
    FOREIGN KEY (tenant_id, started_by) REFERENCES persons (tenant_id, id)
);
CREATE INDEX meetings_room ON meetings (room_id, created_at);
CREATE INDEX meetings_room_ended ON meetings (room_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX meetings_announcement ON meetings (announcement_id) WHERE announcement_id <> '';
CREATE INDEX meetings_open ON meetings (updated_at) WHERE open_room_id IS NOT NULL;
CREATE INDEX meetings_processing ON meetings (ended_at) WHERE recording_state = 'processing';
CREATE INDEX meetings_due ON meetings (recording_look_at) WHERE recording_look_at IS NOT NULL;

CREATE TABLE attendances (
    meeting_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    counted    BOOLEAN NOT NULL,
    first_seen TIMESTAMP,
    last_seen  TIMESTAMP,
    PRIMARY KEY (meeting_id, user_id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id)
);

CREATE TABLE recordings (
    id              TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL,
    room_id         TEXT NOT NULL,
    meeting_id      TEXT NOT NULL,
    record_id       TEXT NOT NULL,
    state           TEXT NOT NULL,
    formats         TEXT, -- NULL: none
    size            BIGINT NOT NULL,
    started_at      TIMESTAMP,
    ended_at        TIMESTAMP,
    announcement_id TEXT NOT NULL,
    created_at      TIMESTAMP,
    updated_at      TIMESTAMP,
    UNIQUE (tenant_id, record_id),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id)
);
CREATE INDEX recordings_meeting ON recordings (meeting_id, started_at);
