-- +goose Up
-- What the chat's server proves itself with when somebody types the slash command;
-- sealed, '' where no command was made.
ALTER TABLE chat_connections ADD COLUMN command_token TEXT NOT NULL DEFAULT '';

CREATE INDEX recordings_room ON recordings (room_id, started_at);
