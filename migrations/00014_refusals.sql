-- +goose Up
-- Launches that were refused, and why. What is in platform_id may have been
-- deleted since, or was never known: no foreign key.
CREATE TABLE refusals (
    id            TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL REFERENCES tenants (id),
    platform_id   TEXT NOT NULL,
    reference     TEXT NOT NULL,
    reason        TEXT NOT NULL,
    issuer        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    subject       TEXT NOT NULL,
    context_id    TEXT NOT NULL,
    link_id       TEXT NOT NULL,
    detail        TEXT NOT NULL,
    address       TEXT NOT NULL,
    created_at    TIMESTAMP
);
CREATE INDEX refusals_tenant ON refusals (tenant_id, created_at);
CREATE INDEX refusals_platform ON refusals (platform_id, created_at);
CREATE INDEX refusals_reference ON refusals (reference);
CREATE INDEX refusals_subject ON refusals (subject) WHERE subject <> '';
CREATE INDEX refusals_age ON refusals (created_at);
