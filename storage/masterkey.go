package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"classbridge/classroom"
)

// NoteMasterKey writes down since when that key is the current one; later words
// about it change nothing.
func (db *DB) NoteMasterKey(ctx context.Context, id string, now time.Time) error {
	var known bool
	err := db.sql.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM master_keys WHERE id = '"+id+"')").Scan(&known) // hexadecimal
	if err == nil && !known {
		err = db.on(ctx).Exec("INSERT INTO master_keys (id, since) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, now).Error
	}
	return wrap("note the master key", err)
}

// MasterKeysSince tells since when each master key was the current one.
func (db *DB) MasterKeysSince(ctx context.Context) (map[string]time.Time, error) {
	rows, err := db.sql.QueryContext(ctx, "SELECT id, since FROM master_keys")
	if err != nil {
		return nil, wrap("master keys", err)
	}
	defer rows.Close()
	since := map[string]time.Time{}
	for rows.Next() {
		var (
			id string
			at sql.NullTime
		)
		if err := rows.Scan(&id, &at); err != nil {
			return nil, wrap("master keys", err)
		}
		since[id] = at.Time.UTC()
	}
	return since, wrap("master keys", rows.Err())
}

// OpenMeetingKeys counts the open meetings by the master key that their
// passwords come from; "" are those of which it is not known.
func (db *DB) OpenMeetingKeys(ctx context.Context) (map[string]int, error) {
	var open []classroom.Meeting
	err := db.on(ctx).Select("key_id").Where("open_room_id IS NOT NULL").Find(&open).Error
	if err != nil {
		return nil, fmt.Errorf("open meetings: %w", err)
	}
	keys := map[string]int{}
	for _, m := range open {
		keys[m.KeyID]++
	}
	return keys, nil
}
