-- +goose Up
-- What a school decides for one platform. starters: who may start a class, '' is
-- moderators; chat_guests and names_in_posts: '' is as the tenant; pilot: a JSON
-- list of courses, NULL: all take part.
ALTER TABLE platforms ADD COLUMN starters TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN chat_guests TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN names_in_posts TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN record_notice TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN pilot TEXT;

-- languages are those that are offered, with blanks between; '': all.
ALTER TABLE tenants ADD COLUMN languages TEXT NOT NULL DEFAULT '';

-- Sentences of the school's own in its posts; '': none.
CREATE TABLE phrases (
    tenant_id  TEXT PRIMARY KEY REFERENCES tenants (id),
    started    TEXT NOT NULL,
    ended      TEXT NOT NULL,
    recorded   TEXT NOT NULL,
    updated_at TIMESTAMP
);
