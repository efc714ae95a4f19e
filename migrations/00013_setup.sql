-- +goose Up
-- What was decided, or found, about each step on the way to the first class.
CREATE TABLE setup_marks (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    step      TEXT NOT NULL,
    state     TEXT NOT NULL,
    marked_at TIMESTAMP,
    PRIMARY KEY (tenant_id, step)
);
