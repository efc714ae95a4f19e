-- +goose Up
-- The master key that a meeting's passwords come from, by its id; '': one that
-- was made before this was kept. While keys change, whoever joins is sent in with
-- the passwords that BigBlueButton was told.
ALTER TABLE meetings ADD COLUMN key_id TEXT NOT NULL DEFAULT '';

-- Since when which master key is the current one, by its id: nothing of the keys.
-- It tells when what an older one has signed has expired.
CREATE TABLE master_keys (
    id    TEXT PRIMARY KEY,
    since TIMESTAMP NOT NULL
);
