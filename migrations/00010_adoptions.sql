-- +goose Up
-- Courses that were moved to another registration, and every single change by
-- which they were: what undoes it.
CREATE TABLE adoptions (
    id                 TEXT PRIMARY KEY,
    tenant_id          TEXT NOT NULL REFERENCES tenants (id),
    from_platform_id   TEXT NOT NULL,
    from_deployment_id TEXT NOT NULL,
    to_platform_id     TEXT NOT NULL,
    to_deployment_id   TEXT NOT NULL,
    same_people        BOOLEAN NOT NULL,
    by_whom            TEXT NOT NULL,
    courses            BIGINT NOT NULL,
    created_at         TIMESTAMP,
    reverted_by        TEXT NOT NULL,
    reverted_at        TIMESTAMP,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, from_platform_id) REFERENCES platforms (tenant_id, id),
    FOREIGN KEY (tenant_id, to_platform_id) REFERENCES platforms (tenant_id, id)
);

CREATE TABLE alterations (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    adoption_id TEXT NOT NULL,
    course_id   TEXT NOT NULL,
    noun        TEXT NOT NULL,
    row_key     TEXT NOT NULL,
    field       TEXT NOT NULL,
    was         TEXT NOT NULL,
    became      TEXT NOT NULL,
    FOREIGN KEY (tenant_id, adoption_id) REFERENCES adoptions (tenant_id, id)
);
CREATE INDEX alterations_adoption ON alterations (adoption_id, course_id, id);
CREATE INDEX courses_context ON courses (tenant_id, context_id);
