-- +goose Up
-- A launch without a context has link_id instead of context_id.
CREATE TABLE courses (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL,
    platform_id   TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    context_id    TEXT NOT NULL,
    link_id       TEXT NOT NULL,
    label         TEXT NOT NULL,
    title         TEXT NOT NULL,
    locale        TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    channel       TEXT NOT NULL,
    channel_id    TEXT NOT NULL,
    channel_name  TEXT NOT NULL,
    created_at    TIMESTAMP,
    updated_at    TIMESTAMP,
    UNIQUE (tenant_id, id),
    UNIQUE (platform_id, deployment_id, context_id, link_id),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id)
);

CREATE TABLE rooms (
    id               TEXT PRIMARY KEY,
    tenant_id        TEXT NOT NULL,
    course_id        TEXT NOT NULL,
    resource_link_id TEXT NOT NULL,
    title            TEXT NOT NULL,
    description      TEXT NOT NULL,
    record           BOOLEAN NOT NULL,
    version          BIGINT NOT NULL,
    created_at       TIMESTAMP,
    updated_at       TIMESTAMP,
    UNIQUE (tenant_id, id),
    UNIQUE (course_id, resource_link_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id)
);

CREATE TABLE persons (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    subject     TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    locale      TEXT NOT NULL,
    created_at  TIMESTAMP,
    updated_at  TIMESTAMP,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id)
);
-- Anonymous launches have no subject: each is a person of its own.
CREATE UNIQUE INDEX persons_subject ON persons (platform_id, subject) WHERE subject <> '';

CREATE TABLE enrolments (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    course_id  TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    moderator  BOOLEAN NOT NULL,
    counted    BOOLEAN NOT NULL,
    why        TEXT NOT NULL,
    role_name  TEXT NOT NULL,
    proved_at  TIMESTAMP,
    ended_at   TIMESTAMP,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    UNIQUE (person_id, course_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);

-- The guard against replay, the session and the log of a launch, in one row.
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
    FOREIGN KEY (tenant_id, platform_id) REFERENCES platforms (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id)
);
