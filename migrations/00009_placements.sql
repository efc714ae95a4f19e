-- +goose Up
-- A deep linking request and what it was answered with. nonce guards against its
-- replay; settings is sealed: the address back may hold a session key of the LMS.
CREATE TABLE placements (
    id               TEXT PRIMARY KEY,
    tenant_id        TEXT NOT NULL,
    platform_id      TEXT NOT NULL,
    deployment_id    TEXT NOT NULL,
    nonce            TEXT NOT NULL,
    person_id        TEXT NOT NULL,
    course_id        TEXT NOT NULL,
    settings         TEXT NOT NULL,
    accept_multiple  BOOLEAN NOT NULL,
    accept_line_item BOOLEAN NOT NULL,
    answer           TEXT NOT NULL, -- digest of the choice; '' until there is one
    room_ids         TEXT,          -- what was chosen, in JSON; NULL: nothing
    created_at       TIMESTAMP,
    answered_at      TIMESTAMP,
    UNIQUE (platform_id, nonce),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id)
);
CREATE INDEX placements_created ON placements (created_at);

-- copied_from is the room of the origin course whose id the copy's links still
-- carry; named_by is the resource link that a room takes its title from, where
-- several may lead to it.
ALTER TABLE rooms ADD COLUMN copied_from TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN named_by TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX rooms_copied ON rooms (course_id, copied_from) WHERE copied_from <> '';

-- Where deployments were asked to post their notices (Platform Notification Service).
CREATE TABLE notice_handlers (
    tenant_id     TEXT NOT NULL,
    platform_id   TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    service_url   TEXT NOT NULL,
    handler       TEXT NOT NULL,
    asked_at      TIMESTAMP,
    registered_at TIMESTAMP,
    PRIMARY KEY (platform_id, deployment_id),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id)
);
