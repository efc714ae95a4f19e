-- +goose Up
-- The last launches of a registration, accepted and refused, are looked at.
CREATE INDEX launches_platform ON launches (platform_id, created_at);
