package storage_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// The first minute after a start: nothing is prepared yet, and everybody writes.
// Whoever waits for a turn must not hold the connection that the writer needs.
func TestManyWritersAtOnceOnAColdDatabase(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		room := storagetest.Room(t, db, storagetest.Course(t, db, p))
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second) // below SQLite's own patience
		defer cancel()
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				err := db.Tx(ctx, func(tx classroom.Tx) error {
					r, err := tx.Room(ctx, room.ID)
					if err != nil {
						return err
					}
					if _, _, err := tx.FindLastMeeting(ctx, r.ID); err != nil {
						return err
					}
					return tx.TouchRoom(ctx, r.ID)
				})
				if err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				if _, _, err := db.FindLastMeeting(ctx, room.ID); err != nil {
					t.Error(err)
				}
				if err := db.TouchRoom(ctx, room.ID); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		versions, err := db.RoomVersions(ctx, []string{room.ID})
		if err != nil {
			t.Fatal(err)
		}
		if got := versions[room.ID] - room.Version; got != 80 {
			t.Errorf("%d of 80 writes are there", got)
		}
	})
}
