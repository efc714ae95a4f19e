-- +goose Up
-- Each try to get into a class, and what came of it, for some days. What it
-- tells of may be gone by now: no foreign keys.
CREATE TABLE join_tries (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    room_id      TEXT NOT NULL,
    meeting_id   TEXT NOT NULL, -- '': none was open
    person_id    TEXT NOT NULL, -- '': a member of the channel whom nobody knows
    chat_user_id TEXT NOT NULL,
    chat_name    TEXT NOT NULL,
    via          TEXT NOT NULL,
    act          TEXT NOT NULL,
    result       TEXT NOT NULL, -- '': sent in
    bbb_key      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    reference    TEXT NOT NULL,
    created_at   TIMESTAMP
);
CREATE INDEX join_tries_person ON join_tries (person_id, created_at) WHERE person_id <> '';
CREATE INDEX join_tries_chat_user ON join_tries (chat_user_id, created_at) WHERE chat_user_id <> '';
CREATE INDEX join_tries_room ON join_tries (room_id, created_at);
CREATE INDEX join_tries_reference ON join_tries (reference) WHERE reference <> '';
CREATE INDEX join_tries_age ON join_tries (tenant_id, created_at);

-- What happened to one person is looked for from any side.
CREATE INDEX launches_room ON launches (room_id, created_at);
CREATE INDEX attendances_user ON attendances (user_id);
CREATE INDEX courses_tenant ON courses (tenant_id, updated_at);

-- How long a tenant keeps what it knows of people; see classroom.Keeping.
CREATE TABLE keepings (
    tenant_id       TEXT PRIMARY KEY REFERENCES tenants (id),
    launch_days     BIGINT NOT NULL,
    attendance_days BIGINT NOT NULL,
    trouble_days    BIGINT NOT NULL,
    audit_months    BIGINT NOT NULL,
    person_months   BIGINT NOT NULL,
    updated_at      TIMESTAMP
);

-- Whom nothing is known of any more. Their row in persons stays, empty, for what
-- refers to it; what comes in late is deleted for some days.
CREATE TABLE erasures (
    person_id   TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    erased_at   TIMESTAMP,
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);
CREATE INDEX erasures_age ON erasures (erased_at);

-- What has grown old is found by its age.
CREATE INDEX launches_age ON launches (tenant_id, created_at);
CREATE INDEX attendances_age ON attendances (tenant_id, last_seen);
CREATE INDEX audit_entries_age ON audit_entries (tenant_id, created_at);
CREATE INDEX persons_age ON persons (tenant_id, updated_at);
CREATE INDEX enrolments_age ON enrolments (tenant_id, updated_at);
CREATE INDEX meetings_starter ON meetings (started_by);
