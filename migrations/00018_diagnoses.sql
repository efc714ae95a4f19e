-- +goose Up
-- The last examination of a tenant's installation: what was found, in JSON. It
-- holds no secret.
CREATE TABLE diagnoses (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (id),
    report    TEXT NOT NULL,
    made_at   TIMESTAMP NOT NULL
);
