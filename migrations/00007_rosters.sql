-- +goose Up
-- How far the roster of a course has been read (NRPS). pass_at is NULL between
-- passes; due_at is NULL for courses without a roster.
CREATE TABLE rosters (
    course_id       TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL,
    pass_at         TIMESTAMP,
    pass_full       BOOLEAN NOT NULL,
    next_url        TEXT NOT NULL,
    differences_url TEXT NOT NULL,
    pages           BIGINT NOT NULL,
    members         BIGINT NOT NULL,
    tells_groups    BOOLEAN NOT NULL,
    doubted         BOOLEAN NOT NULL,
    read_at         TIMESTAMP,
    full_at         TIMESTAMP,
    asked_at        TIMESTAMP,
    working_at      TIMESTAMP,
    due_at          TIMESTAMP,
    problem         TEXT NOT NULL,
    detail          TEXT NOT NULL,
    failures        BIGINT NOT NULL,
    created_at      TIMESTAMP,
    updated_at      TIMESTAMP,
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id)
);
CREATE INDEX rosters_due ON rosters (due_at);
CREATE INDEX rosters_working ON rosters (working_at) WHERE working_at IS NOT NULL;

-- The groups of a course; name is empty while only the id is known.
CREATE TABLE groups_of_courses (
    course_id  TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    name       TEXT NOT NULL,
    set_id     TEXT NOT NULL,
    updated_at TIMESTAMP,
    PRIMARY KEY (course_id, group_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id)
);

-- Sessions end with the enrolment, which needs a person's launches.
CREATE INDEX launches_person ON launches (person_id, course_id, created_at);

-- Which account was let into the channel: whoever leaves the course is taken out
-- of it, also when the address by which the account was found is another by then.
ALTER TABLE admissions ADD COLUMN chat_user_id TEXT NOT NULL DEFAULT '';
