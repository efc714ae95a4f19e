package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

func TestBBBRotate(t *testing.T) {
	server := bbbtest.New(bbbtest.Config{Secrets: []string{"new-s3cret", "old-s3cret"}})
	s := httptest.NewServer(server)
	defer s.Close()
	env := dataEnv(t)
	must(t, env, "old-s3cret\n", "bbb", "add", "--url", s.URL, "--secret-file", "-", "--name", "pool")
	secrets := func() int {
		t.Helper()
		return decode[[]shownServer](t, must(t, env, "", "bbb", "list", "--json"))[0].Secrets
	}
	for _, test := range []struct {
		name, in string
		args     []string
		code     int
		want     string
		secrets  int
	}{
		{"refused by the server", "wrong\n", []string{"rotate", "pool", "--secret-file", "-"}, exitFailure, "refuses the secret", 1},
		{"the same", "old-s3cret\n", []string{"rotate", "pool", "--secret-file", "-"}, exitFailure, "signs already", 1},
		{"new", "new-s3cret\n", []string{"rotate", "pool", "--secret-file", "-", "--keep-days", "3"}, 0, "", 2},
		{"forget", "", []string{"forget", "pool"}, 0, "", 1},
		{"unknown", "", []string{"forget", "nobody"}, exitFailure, "nobody", 1},
	} {
		r := command(t, env, test.in, append([]string{"bbb"}, test.args...)...)
		if r.code != test.code || !strings.Contains(r.out+r.err, test.want) || strings.Contains(r.out+r.err, "s3cret") {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", test.name, r.code, test.code, test.want, r.out, r.err)
		}
		if n := secrets(); n != test.secrets {
			t.Errorf("%s: %d secrets, want %d", test.name, n, test.secrets)
		}
	}
	must(t, env, "", "bbb", "remove", "pool")
	if r := must(t, env, "", "bbb", "list", "--json"); strings.Contains(r.out, "pool") {
		t.Error(r.out)
	}
}

func TestMaintenanceCommand(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "settings", "set", "time-zone", "Europe/Berlin")
	if r := must(t, env, "", "maintenance", "show"); !strings.Contains(r.out, "no maintenance") {
		t.Error(r.out)
	}
	end := time.Now().Add(48 * time.Hour).Truncate(time.Minute)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	must(t, env, "", "maintenance", "set", "--to", end.In(berlin).Format("2006-01-02T15:04"), "--text", "New servers")
	shown := decode[shownMaintenance](t, must(t, env, "", "maintenance", "show", "--json"))
	if !shown.Planned || !shown.Now || shown.To == nil || !shown.To.Equal(end) || shown.Text != "New servers" {
		t.Errorf("%+v", shown)
	}
	for _, wrong := range [][]string{{"--to", "soon"}, {"--to", "2020-01-01T10:00"}, {"--from", "later", "--to", "2040-01-01T10:00"}} {
		if r := command(t, env, "", append([]string{"maintenance", "set"}, wrong...)...); r.code == 0 {
			t.Errorf("maintenance set %v was taken", wrong)
		}
	}
	must(t, env, "", "maintenance", "clear")
	if decode[shownMaintenance](t, must(t, env, "", "maintenance", "show", "--json")).Planned {
		t.Error("it is still planned")
	}
}

// The client that tried a new secret alone is not the one that verifies callbacks.
func TestARotatedServerGetsAClientOfItsOwn(t *testing.T) {
	stand := httptest.NewServer(bbbtest.New(bbbtest.Config{Secrets: []string{"new", "old"}}))
	defer stand.Close()
	db := storagetest.New(t)
	now := storagetest.Now()
	clients := &bbbClients{http: func(string) *http.Client { return http.DefaultClient }}
	room := &classroom.Classroom{Store: db, BBB: clients.client, Now: func() time.Time { return now }}
	added, err := room.AddServer(t.Context(), classroom.DefaultTenant, classroom.ServerWish{URL: stand.URL, Secret: "old"})
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := room.RotateSecret(t.Context(), added.TenantID, added.ID, "new", 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"new", "old"}, clients.client(rotated).Secrets); diff != "" {
		t.Errorf("secrets of the client (-want +got):\n%s", diff)
	}
}
