package classroom_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// pool adds a BigBlueButton that takes those secrets, and lets servers be what
// they are.
func (w *world) pool(secrets ...string) string {
	w.t.Helper()
	server := httptest.NewServer(bbbtest.New(bbbtest.Config{Secrets: secrets, Scalelite: true, Now: w.clock}))
	w.t.Cleanup(server.Close)
	w.BBB = func(s classroom.Server) *bbb.Client {
		return &bbb.Client{URL: s.URL, Secrets: s.Secrets, Hash: bbb.Hash(s.Hash)}
	}
	return server.URL
}

func (w *world) health(id string) classroom.ServerHealth {
	w.t.Helper()
	all, err := w.db.ServerHealths(w.t.Context(), classroom.DefaultTenant)
	must(w.t, err)
	return all[id]
}

func TestAServerIsTriedBeforeItIsAdded(t *testing.T) {
	w := newWorld(t)
	address := w.pool("right")
	for _, test := range []struct {
		name    string
		wish    classroom.ServerWish
		finding bbb.Finding // "": an input error
		field   string
	}{
		{"wrong secret", classroom.ServerWish{URL: address, Secret: "wrong"}, bbb.WrongSecret, ""},
		{"wrong path", classroom.ServerWish{URL: address + "/elsewhere", Secret: "right"}, bbb.WrongPath, ""},
		{"no address", classroom.ServerWish{URL: "bbb.example", Secret: "right"}, "", "url"},
		{"no secret", classroom.ServerWish{URL: address}, "", "secret"},
		{"no hash", classroom.ServerWish{URL: address, Secret: "right", Hash: "md5"}, "", "hash"},
	} {
		_, err := w.AddServer(t.Context(), classroom.DefaultTenant, test.wish)
		var failed *bbb.TestError
		var wrong *classroom.InputError
		switch {
		case test.finding != "" && (!errors.As(err, &failed) || failed.Finding != test.finding):
			t.Errorf("%s: %v", test.name, err)
		case test.field != "" && (!errors.As(err, &wrong) || wrong.Field != test.field):
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if known, err := w.db.ListServers(t.Context(), classroom.DefaultTenant); err != nil || len(known) != 1 {
		t.Fatalf("%d servers, %v", len(known), err)
	}
	added, err := w.AddServer(t.Context(), classroom.DefaultTenant, classroom.ServerWish{URL: address, Secret: "right"})
	must(t, err)
	if !added.Pool || added.Name != "127.0.0.1" || added.Hash != "sha256" {
		t.Errorf("added %+v", added)
	}
	if h := w.health(added.ID); h.AnsweredAt.IsZero() || h.Finding != "" || h.Millis == 0 {
		t.Errorf("its health = %+v", h)
	}
}

func TestASecretIsReplaced(t *testing.T) {
	w := newWorld(t)
	address := w.pool("new", "old")
	s, err := w.AddServer(t.Context(), classroom.DefaultTenant, classroom.ServerWish{URL: address, Secret: "old"})
	must(t, err)
	secrets := func() []string {
		now, err := w.db.TenantServer(t.Context(), s.TenantID, s.ID)
		must(t, err)
		return now.Secrets
	}
	if _, err := w.RotateSecret(t.Context(), s.TenantID, s.ID, "wrong", 7); err == nil || !slices.Equal(secrets(), []string{"old"}) {
		t.Errorf("one that the server refuses: %v, %v", err, secrets())
	}
	if _, err := w.RotateSecret(t.Context(), "another", s.ID, "new", 7); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("by another tenant: %v", err)
	}
	_, err = w.RotateSecret(t.Context(), s.TenantID, s.ID, "new", 7)
	must(t, err)
	if !slices.Equal(secrets(), []string{"new", "old"}) {
		t.Errorf("secrets = %v", secrets())
	}
	w.wait(7*24*time.Hour - time.Minute)
	w.sweep()
	if !slices.Equal(secrets(), []string{"new", "old"}) {
		t.Errorf("before a week, secrets = %v", secrets())
	}
	w.wait(2 * time.Minute)
	w.sweep()
	if !slices.Equal(secrets(), []string{"new"}) {
		t.Errorf("after a week, secrets = %v", secrets())
	}
}

func TestANewAddressNeedsTheSecretAgain(t *testing.T) {
	w := newWorld(t)
	address := w.pool("right")
	s, err := w.AddServer(t.Context(), classroom.DefaultTenant, classroom.ServerWish{URL: address, Secret: "right"})
	must(t, err)
	_, _, err = w.ChangeServer(t.Context(), s.TenantID, s.ID, classroom.ServerWish{URL: address + "/bigbluebutton/", Hash: "sha256"})
	var wrong *classroom.InputError
	if !errors.As(err, &wrong) || wrong.Field != "secret" {
		t.Errorf("another address without it: %v", err)
	}
	_, became, err := w.ChangeServer(t.Context(), s.TenantID, s.ID, classroom.ServerWish{URL: address, Hash: "sha512", Name: "Pool"})
	must(t, err)
	if became.Name != "Pool" || became.Hash != "sha512" || !slices.Equal(became.Secrets, s.Secrets) {
		t.Errorf("became %+v", became)
	}
}

func TestHealthIsKept(t *testing.T) {
	w := newWorld(t)
	address := w.pool("right")
	s, err := w.AddServer(t.Context(), classroom.DefaultTenant, classroom.ServerWish{URL: address, Secret: "right"})
	must(t, err)
	good := w.health(s.ID)
	s.Secrets = []string{"wrong"}
	w.wait(time.Minute)
	for range 2 {
		if err := w.CheckServer(t.Context(), s); err == nil {
			t.Fatal("a wrong secret works")
		}
	}
	bad := w.health(s.ID)
	if bad.Failures != 2 || bad.Finding != string(bbb.WrongSecret) || !bad.AnsweredAt.Equal(good.AnsweredAt) || !bad.TriedAt.After(good.TriedAt) {
		t.Errorf("after two failures: %+v", bad)
	}
	_, err = w.TestServer(t.Context(), s.TenantID, s.ID)
	must(t, err)
	if h := w.health(s.ID); h.Failures != 0 || h.Finding != "" {
		t.Errorf("when it works again: %+v", h)
	}
}

func TestServersThatStay(t *testing.T) {
	w := newWorld(t)
	used, unused := storagetest.Server(t, w.db), storagetest.Server(t, w.db)
	a := w.enters("ada", teacher)
	storagetest.Meeting(t, w.db, a.Room, used, a.Person)
	given := used
	given.ID = classroom.EnvironmentServer
	must(t, w.db.CreateServer(t.Context(), given))
	for name, id := range map[string]string{"with meetings": used.ID, "of the environment": given.ID} {
		if _, err := w.RemoveServer(t.Context(), classroom.DefaultTenant, id); !classroom.Is(err, classroom.Conflict) {
			t.Errorf("one %s was removed: %v", name, err)
		}
	}
	if _, err := w.SwitchServer(t.Context(), classroom.DefaultTenant, given.ID, true); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("the environment's was disabled: %v", err)
	}
	if _, err := w.RemoveServer(t.Context(), "another", unused.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant's was removed: %v", err)
	}
	_, err := w.RemoveServer(t.Context(), classroom.DefaultTenant, unused.ID)
	must(t, err)
}

func TestAMeetingIsEndedFromOutside(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	m := w.starts(a)
	if _, err := w.EndMeeting(t.Context(), "another", m.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("by another tenant: %v", err)
	}
	info, err := w.LookInside(t.Context(), m)
	if err != nil || info == nil || len(info.Attendees) != 1 {
		t.Errorf("inside: %+v, %v", info, err)
	}
	_, err = w.EndMeeting(t.Context(), m.TenantID, m.ID)
	must(t, err)
	w.work()
	if _, found, err := w.db.FindOpenMeeting(t.Context(), a.Room.ID); found || err != nil {
		t.Errorf("it still runs: %v", err)
	}
	if seen, err := w.db.Meeting(t.Context(), m.ID); err != nil || seen.Peak != 1 {
		t.Errorf("at most %d were inside, %v", seen.Peak, err)
	}
}
