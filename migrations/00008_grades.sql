-- +goose Up
-- How long people were inside. seen_unix is last_seen as a number, with which
-- both databases reckon alike. What BigBlueButton reported takes the place of
-- what looking at it now and then has found.
ALTER TABLE attendances ADD COLUMN seconds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN seen_unix BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN reported BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE attendances ADD COLUMN chats BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN talks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN talk_seconds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN raised_hands BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN emojis BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendances ADD COLUMN poll_votes BIGINT NOT NULL DEFAULT 0;

-- 0 seconds held: nobody was inside, or it was held before this was measured.
ALTER TABLE meetings ADD COLUMN held_seconds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meetings ADD COLUMN reported_at TIMESTAMP;

-- The column of a room in the LMS's gradebook.
CREATE TABLE gradebooks (
    room_id     TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    asked_at    TIMESTAMP,
    asked_by    TEXT NOT NULL, -- person id; empty: by itself
    item_url    TEXT NOT NULL, -- of the line item that grades were sent to
    sent_at     TIMESTAMP,
    problem     TEXT NOT NULL,
    lease_until TIMESTAMP,
    updated_at  TIMESTAMP,
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id)
);

-- Percents are negative where there is none.
CREATE TABLE grades (
    room_id       TEXT NOT NULL,
    person_id     TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    correction    DOUBLE PRECISION NOT NULL,
    excluded      BOOLEAN NOT NULL,
    adopted       BOOLEAN NOT NULL,
    state         TEXT NOT NULL,
    problem       TEXT NOT NULL,
    tried_percent DOUBLE PRECISION NOT NULL,
    tried_at      TIMESTAMP,
    sent_percent  DOUBLE PRECISION NOT NULL,
    sent_at       TIMESTAMP,
    sent_by       TEXT NOT NULL,
    updated_at    TIMESTAMP,
    PRIMARY KEY (room_id, person_id),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons (tenant_id, id)
);
