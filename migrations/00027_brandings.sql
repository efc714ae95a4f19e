-- +goose Up
-- How a school's pages look: accent is #rrggbb, '': ours; logo is the digest of
-- its picture, '': none.
CREATE TABLE brandings (
    tenant_id  TEXT PRIMARY KEY REFERENCES tenants (id),
    accent     TEXT NOT NULL,
    logo       TEXT NOT NULL,
    updated_at TIMESTAMP
);

-- The pictures, PNG in base64.
CREATE TABLE logos (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (id),
    digest    TEXT NOT NULL,
    picture   TEXT NOT NULL
);
