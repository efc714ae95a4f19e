package web

import (
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// heldClass is a class that runs in a room, and a recording of an earlier one.
func (w *world) heldClass() (classroom.Meeting, classroom.Recording) {
	w.Helper()
	room := storagetest.Room(w, w.db, storagetest.Course(w, w.db, w.platform))
	who := storagetest.Person(w, w.db, w.platform, "Grace")
	return storagetest.Meeting(w, w.db, room, w.bbbRow, who), w.recorded(room, who)
}

// recorded is a recording of the room.
func (w *world) recorded(room classroom.Room, who classroom.Person) classroom.Recording {
	w.Helper()
	m := storagetest.NewMeeting(room, w.bbbRow, who)
	m.OpenRoomID, m.State, m.RecordingState, m.EndedAt = nil, classroom.MeetingEnded, classroom.RecordingFound, w.clock.Now()
	w.must(w.db.CreateMeeting(w.Context(), m))
	now := storagetest.Now()
	r := classroom.Recording{
		ID: storagetest.ID(), TenantID: room.TenantID, RoomID: room.ID, MeetingID: m.ID, RecordID: "record-" + m.ID,
		State: classroom.RecordingPublished, Formats: []string{"presentation"}, Size: 123_000_000, StartedAt: now, EndedAt: now, CreatedAt: now, UpdatedAt: now,
	}
	w.must(w.db.CreateRecording(w.Context(), r))
	return r
}
