-- +goose Up
-- A launch hangs on its person alone. That its platform, course and room are there
-- was just read; to have each checked at each launch made those of one class, which
-- all name the same, wait for one another.
ALTER TABLE launches RENAME TO launches_before;
CREATE TABLE launches (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    person_id   TEXT NOT NULL,
    course_id   TEXT NOT NULL,
    room_id     TEXT NOT NULL,
    moderator   BOOLEAN NOT NULL,
    why         TEXT NOT NULL,
    address     TEXT NOT NULL,
    return_url  TEXT NOT NULL,
    created_at  TIMESTAMP,
    seen_at     TIMESTAMP,
    ended_at    TIMESTAMP,
    UNIQUE (platform_id, nonce),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);
INSERT INTO launches
    SELECT id, tenant_id, platform_id, nonce, person_id, course_id, room_id, moderator, why, address, return_url, created_at, seen_at, ended_at
    FROM launches_before;
DROP TABLE launches_before;
CREATE INDEX launches_person ON launches (person_id, course_id, created_at);
CREATE INDEX launches_room ON launches (room_id, created_at);
CREATE INDEX launches_age ON launches (tenant_id, created_at);
CREATE INDEX launches_platform ON launches (platform_id, created_at);
