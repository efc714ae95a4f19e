package storage_test

import (
	"fmt"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// What runs at each launch, click or second:
//
//	go test -run '^$' -bench . ./storage
//
// PostgreSQL is measured where CLASSBRIDGE_TEST_POSTGRES names a server.
func benchEach(b *testing.B, bench func(*testing.B, school)) {
	for name, config := range storagetest.Configs() {
		b.Run(name, func(b *testing.B) { bench(b, newSchool(b, storagetest.Open(b, config(b)))) })
	}
}

func BenchmarkFindEntry(b *testing.B) {
	benchEntry(b, func(school) string { return "" })
}

// By a link that deep linking made.
func BenchmarkFindEntryByRoom(b *testing.B) {
	benchEntry(b, func(s school) string { return s.room.ID })
}

func benchEntry(b *testing.B, named func(school) string) {
	benchEach(b, func(b *testing.B, s school) {
		storagetest.Enrolment(b, s.db, s.course, s.teacher, true)
		k := classroom.EntryKey{
			PlatformID: s.platform.ID, DeploymentID: "1", ContextID: s.course.ContextID,
			ResourceLinkID: s.room.ResourceLinkID, RoomID: named(s), Subject: s.teacher.Subject,
		}
		for b.Loop() {
			e, err := s.db.FindEntry(b.Context(), k)
			if err != nil || e.Enrolment == nil || e.Room == nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCreateLaunch(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		for b.Loop() {
			storagetest.Launch(b, s.db, s.room, s.teacher)
		}
	})
}

// A class launches at once: all of the same course, from many connections.
func BenchmarkCreateLaunchParallel(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				storagetest.Launch(b, s.db, s.room, s.teacher)
			}
		})
	})
}

func BenchmarkFindAccess(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		storagetest.Enrolment(b, s.db, s.course, s.teacher, true)
		l := storagetest.Launch(b, s.db, s.room, s.teacher)
		for b.Loop() {
			if _, found, err := s.db.FindAccess(b.Context(), l.ID, s.room.ID); err != nil || !found {
				b.Fatal(found, err)
			}
		}
	})
}

func BenchmarkRoomVersions(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			benchEach(b, func(b *testing.B, s school) {
				var ids []string
				for range n {
					ids = append(ids, storagetest.Room(b, s.db, s.course).ID)
				}
				for b.Loop() {
					if v, err := s.db.RoomVersions(b.Context(), ids); err != nil || len(v) != n {
						b.Fatal(len(v), err)
					}
				}
			})
		})
	}
}

func BenchmarkFindOpenMeeting(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		storagetest.Meeting(b, s.db, s.room, s.server, s.teacher)
		for b.Loop() {
			if _, found, err := s.db.FindOpenMeeting(b.Context(), s.room.ID); err != nil || !found {
				b.Fatal(found, err)
			}
		}
	})
}

func BenchmarkMeetings(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		for range 20 {
			s.past(b, storagetest.Now(), nil)
		}
		for b.Loop() {
			if m, err := s.db.Meetings(b.Context(), s.room.ID, 20); err != nil || len(m) != 20 {
				b.Fatal(len(m), err)
			}
		}
	})
}

func BenchmarkPlatform(b *testing.B) {
	benchEach(b, func(b *testing.B, s school) {
		for b.Loop() {
			if _, err := s.db.Platform(b.Context(), s.platform.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
}
