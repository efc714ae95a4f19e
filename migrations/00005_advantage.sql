-- +goose Up
-- What LTI Advantage adds to the rows that every launch reads.

ALTER TABLE platforms ADD COLUMN family TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE platforms ADD COLUMN pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE platforms ADD COLUMN require_name BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE platforms ADD COLUMN require_context BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE platforms ADD COLUMN registered_at TIMESTAMP;
ALTER TABLE platforms ADD COLUMN teacher_at TIMESTAMP;
ALTER TABLE platforms ADD COLUMN learner_at TIMESTAMP;
ALTER TABLE platforms ADD COLUMN named_at TIMESTAMP;
ALTER TABLE platforms ADD COLUMN roster_at TIMESTAMP;

-- The addresses of the LMS's services for the course, as its launches tell.
ALTER TABLE courses ADD COLUMN roster_url TEXT NOT NULL DEFAULT '';
ALTER TABLE courses ADD COLUMN grades_url TEXT NOT NULL DEFAULT '';
ALTER TABLE courses ADD COLUMN grades_scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE courses ADD COLUMN groups_url TEXT NOT NULL DEFAULT '';
ALTER TABLE courses ADD COLUMN copied_from TEXT NOT NULL DEFAULT '';
ALTER TABLE courses ADD COLUMN resembles TEXT NOT NULL DEFAULT '';

-- A room that was made by deep linking has no resource link of its own: its own
-- id stands in resource_link_id, and so it does for the room of a group.
ALTER TABLE rooms ADD COLUMN graded BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rooms ADD COLUMN grade_after BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN line_item_url TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN grouped BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rooms ADD COLUMN parent_id TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN group_id TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX rooms_group ON rooms (parent_id, group_id) WHERE parent_id <> '';

ALTER TABLE persons ADD COLUMN chosen_name TEXT NOT NULL DEFAULT '';

ALTER TABLE enrolments ADD COLUMN launched_at TIMESTAMP;
ALTER TABLE enrolments ADD COLUMN roster_at TIMESTAMP;
ALTER TABLE enrolments ADD COLUMN group_ids TEXT NOT NULL DEFAULT '';
UPDATE enrolments SET launched_at = proved_at;
CREATE INDEX enrolments_course ON enrolments (course_id, roster_at);
