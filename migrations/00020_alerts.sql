-- +goose Up
-- How a tenant's people are told of what is wrong; secret is sealed.
CREATE TABLE alert_ways (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    kind       TEXT NOT NULL,
    target     TEXT NOT NULL,
    server     TEXT NOT NULL,
    encryption TEXT NOT NULL,
    username   TEXT NOT NULL,
    sender     TEXT NOT NULL,
    secret     TEXT NOT NULL, -- '': none
    fallback   BOOLEAN NOT NULL,
    inside     BOOLEAN NOT NULL,
    disabled   BOOLEAN NOT NULL,
    problem    TEXT NOT NULL,
    tried_at   TIMESTAMP,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    UNIQUE (tenant_id, id)
);
CREATE INDEX alert_ways_tenant ON alert_ways (tenant_id, created_at);

CREATE TABLE alert_rules (
    tenant_id       TEXT PRIMARY KEY REFERENCES tenants (id),
    work_minutes    BIGINT NOT NULL,
    recording_hours BIGINT NOT NULL,
    due_days        BIGINT NOT NULL,
    muted           TEXT NOT NULL,
    updated_at      TIMESTAMP
);

-- open_key is NULL once an incident is over: there is one of a kind and subject
-- at a time.
CREATE TABLE incidents (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    kind       TEXT NOT NULL,
    open_key   TEXT,
    subject    TEXT NOT NULL,
    detail     TEXT NOT NULL,
    first_seen TIMESTAMP,
    last_seen  TIMESTAMP,
    raised_at  TIMESTAMP,
    cleared_at TIMESTAMP,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, open_key)
);

CREATE TABLE deliveries (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    way_id      TEXT NOT NULL,
    phase       TEXT NOT NULL,
    state       TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     TIMESTAMP,
    problem     TEXT NOT NULL,
    created_at  TIMESTAMP,
    sent_at     TIMESTAMP,
    UNIQUE (incident_id, way_id, phase),
    FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents (tenant_id, id),
    FOREIGN KEY (tenant_id, way_id) REFERENCES alert_ways (tenant_id, id)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_way ON deliveries (way_id);

-- When a BigBlueButton server last called back that a meeting has ended.
CREATE TABLE callbacks_seen (
    server_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    seen_at   TIMESTAMP,
    FOREIGN KEY (tenant_id, server_id) REFERENCES servers (tenant_id, id)
);
