-- +goose Up
-- A school that is disabled keeps everything, and nobody gets in.
ALTER TABLE tenants ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
