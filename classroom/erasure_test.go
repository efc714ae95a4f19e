package classroom_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestErasePerson(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := newWorldOn(t, db)
		ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
		w.work()
		must(t, w.LinkChat(t.Context(), bob, classroom.ChatUser{ID: "user-bob", Username: "bob"}))
		w.work()
		if !w.chat.members["user-bob"] {
			t.Fatal("bob is not in the channel")
		}
		m := w.starts(ada)
		must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(bob), Name: bob.Person.Name, Role: "VIEWER"}))
		w.look(m)
		if _, err := w.ErasePerson(t.Context(), bob.Person.TenantID, bob.Person.ID); !classroom.Is(err, classroom.Conflict) {
			t.Fatalf("erased while in a class: %v", err)
		}
		must(t, w.End(t.Context(), ada))
		w.look(m)
		if _, err := w.ErasePerson(t.Context(), storagetest.Tenant(t, db).ID, bob.Person.ID); !classroom.Is(err, classroom.NotFound) {
			t.Fatalf("erased by another school: %v", err)
		}
		done, err := w.ErasePerson(t.Context(), bob.Person.TenantID, bob.Person.ID)
		must(t, err)
		same(t, classroom.Erased{Enrolments: 1, Attendance: 1, Links: 1, Channels: 1}, done)
		w.work()
		if w.chat.members["user-bob"] {
			t.Error("bob is still in the channel")
		}
		if _, err := w.Access(t.Context(), bob.Launch.ID, bob.Room.ID); err == nil {
			t.Error("bob's session still opens the room")
		}
		// BigBlueButton tells of the class afterwards.
		must(t, db.ReportInside(t.Context(), []classroom.Attendance{{
			MeetingID: m.ID, UserID: bbbID(bob), TenantID: m.TenantID, Name: bob.Person.Name, FirstSeen: w.clock(), LastSeen: w.clock(), Seconds: 60,
		}}))
		w.sweep()
		f, err := w.PersonFile(t.Context(), bob.Person.TenantID, bob.Person.ID)
		must(t, err)
		text, err := json.Marshal(f.Export(w.clock()))
		must(t, err)
		for _, canary := range []string{"Name of bob", "bob@school.example", `"bob"`, "192.0.2.1"} {
			if strings.Contains(string(text), canary) {
				t.Errorf("%s is left: %s", canary, text)
			}
		}
		if again := w.enters("bob", learner); again.Person.ID == bob.Person.ID {
			t.Error("who launches again is the one who was erased")
		}
		w.wait(25 * time.Hour)
		w.sweep()
		if _, found, err := db.FindLaunch(t.Context(), bob.Launch.ID); err != nil || found {
			t.Errorf("the launch is still there after a day: %v", err)
		}
	})
}

// A launch that was accepted before cannot be sent again to the erased person's end.
func TestErasureKeepsReplaysOut(t *testing.T) {
	w := newWorld(t)
	l := w.launch("bob", learner)
	bob := w.visits(l)
	_, err := w.ErasePerson(t.Context(), bob.Person.TenantID, bob.Person.ID)
	must(t, err)
	w.sweep()
	if _, err := w.Enter(t.Context(), l, "192.0.2.1"); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("a replay after the erasure: %v", err)
	}
}

// What a person gets holds all of it, and nothing that is secret.
func TestPersonExport(t *testing.T) {
	w := newWorld(t)
	l := w.launch("bob", learner)
	l.Presentation.ReturnURL = "https://lms.example/back?sesskey=canary"
	bob := w.visits(l)
	must(t, w.LinkChat(t.Context(), bob, classroom.ChatUser{ID: "user-bob", Username: "bobby"}))
	must(t, w.KeepJoin(t.Context(), bob.Room, classroom.JoinTry{PersonID: bob.Person.ID, Via: classroom.ViaLMS, Act: classroom.TryJoin}, nil))
	f, err := w.PersonFile(t.Context(), bob.Person.TenantID, bob.Person.ID)
	must(t, err)
	text, err := json.Marshal(f.Export(w.clock()))
	must(t, err)
	for _, want := range []string{`"name":"Name of bob"`, `"email":"bob@school.example"`, `"course":"Algebra"`, `"ip_address":"192.0.2.1"`, `"user_name":"bobby"`, `"via":"lms"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing: %s", want, text)
		}
	}
	if strings.Contains(string(text), "canary") {
		t.Errorf("the file holds a key: %s", text)
	}
}
