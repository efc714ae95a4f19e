-- +goose Up
-- A recording is announced once: recording_id is unique where it is not empty.
CREATE TABLE announcements (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    course_id    TEXT NOT NULL,
    room_id      TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    thread_id    TEXT NOT NULL,
    state        TEXT NOT NULL,
    pending_id   TEXT NOT NULL,
    first_try    TIMESTAMP,
    lease_until  TIMESTAMP,
    channel_id   TEXT NOT NULL,
    post_id      TEXT NOT NULL,
    shown        TEXT NOT NULL,
    created_at   TIMESTAMP,
    updated_at   TIMESTAMP,
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id)
);
CREATE UNIQUE INDEX announcements_recording ON announcements (recording_id) WHERE recording_id <> '';
CREATE INDEX announcements_thread ON announcements (thread_id) WHERE thread_id <> '';

-- A person and an account of the chat, one to one within a platform.
CREATE TABLE chat_links (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    platform_id  TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    chat_user_id TEXT NOT NULL,
    username     TEXT NOT NULL,
    created_at   TIMESTAMP,
    UNIQUE (person_id, platform_id),
    UNIQUE (platform_id, chat_user_id),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);

CREATE TABLE admissions (
    tenant_id  TEXT NOT NULL,
    course_id  TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    state      TEXT NOT NULL,
    updated_at TIMESTAMP,
    PRIMARY KEY (course_id, person_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);
CREATE INDEX admissions_state ON admissions (course_id, state, updated_at);
