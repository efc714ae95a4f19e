package doctor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/locales"

	"github.com/google/go-cmp/cmp"
)

func printer(t *testing.T) *locales.Printer {
	t.Helper()
	texts, err := locales.Load()
	must(t, err)
	return texts.For("en")
}

func TestExamineDatabase(t *testing.T) {
	for _, test := range []struct {
		name   string
		state  database
		want   State
		id     string
		usable bool
	}{
		{"good", database{}, OK, "doctor.database.queue", true},
		{"silent", database{silent: errors.New("no route")}, Failed, "doctor.database.silent", false},
		{"older tables", database{old: true}, Failed, "doctor.database.schema_old", false},
		{"no tables of ours", database{unread: errors.New("no such table")}, Failed, "doctor.database.schema_unread", false},
		{"another key", database{otherKey: true}, Failed, "doctor.database.key_other", false},
		{"late", database{oldest: 6 * time.Minute}, Warning, "doctor.database.queue_late", true},
		{"stuck", database{oldest: 2 * time.Hour}, Failed, "doctor.database.queue_stuck", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, _ := newDoctor(t, "http://localhost")
			d.Database = &test.state
			results, usable := d.examineDatabase(t.Context())
			if usable != test.usable {
				t.Errorf("usable: %t", usable)
			}
			for _, r := range results {
				wantWords(t, r)
				if r.What.ID == test.id && r.State == test.want {
					return
				}
			}
			t.Errorf("%s %s is not among %v", test.want, test.id, results)
		})
	}
}

func TestJudgeDisk(t *testing.T) {
	for free, want := range map[uint64]State{100 << 30: OK, 1 << 30: Warning, 1 << 20: Failed} {
		r := judgeDisk(databaseCheck("database.disk"), free, "/data")
		wantWords(t, r)
		if r.State != want {
			t.Errorf("%d bytes: %s, want %s", free, r.State, want)
		}
	}
}

func TestChatResult(t *testing.T) {
	for _, test := range []struct {
		looked classroom.ChatCheck
		want   State
	}{
		{classroom.ChatCheck{ID: "chat.check_reach", Name: "n", OK: true}, OK},
		{classroom.ChatCheck{ID: "chat.check_rights", Problem: "p", Effect: "e", Remedy: "r"}, Failed},
		{classroom.ChatCheck{ID: "chat.check_site", Problem: "p", Effect: "e", Remedy: "r"}, Warning},
	} {
		if got := chatResult(test.looked); got.State != test.want || got.Do.Plain != test.looked.Remedy {
			t.Errorf("%+v: %+v", test.looked, got)
		}
	}
}

func TestRehearseChat(t *testing.T) {
	for _, step := range []string{"reach", "channel", "post", "edit", "delete", "archive"} {
		d, _ := newDoctor(t, "http://localhost")
		d.Chat = &chat{step: step, err: errors.New("no")}
		wantFound(t, d.RehearseChat(t.Context(), classroom.ChatConnection{}, ""), Failed, "doctor.rehearsal.chat_"+step)
	}
	d, _ := newDoctor(t, "http://localhost")
	wantFound(t, d.RehearseChat(t.Context(), classroom.ChatConnection{}, "ours"), OK, "doctor.rehearsal.chat_in")
}

// Whatever a part answers, secrets that we know do not come through.
func TestRunRedacts(t *testing.T) {
	d, store := newDoctor(t, gone(t))
	_, s := newServer(t, bbbtest.Config{})
	store.servers = []classroom.Server{s}
	store.chat = classroom.ChatConnection{URL: gone(t), Token: "chat-token-1", OAuthSecret: "oauth-secret-1"}
	d.Secrets = []string{"database-password"}
	d.Database = &database{}
	d.CallWait = 100 * time.Millisecond
	leak := "no: " + secret + " chat-token-1 oauth-secret-1 database-password"
	d.Chat = &chat{checks: []classroom.ChatCheck{{ID: "chat.check_reach", Problem: leak, Effect: leak, Remedy: leak}}, step: "post", err: errors.New(leak)}
	r := d.Run(t.Context(), Wish{Rehearse: true, Printer: printer(t)})
	var b bytes.Buffer
	must(t, r.Write(&b, printer(t)))
	must(t, d.Keep(t.Context(), classroom.DefaultTenant, r))
	for _, canary := range []string{secret, "chat-token-1", "oauth-secret-1", "database-password"} {
		if strings.Contains(b.String()+store.report, canary) {
			t.Errorf("%s is shown:\n%s", canary, &b)
		}
	}
	if !strings.Contains(b.String(), hidden) {
		t.Error("nothing was hidden: does the test leak at all?")
	}
}

// What cannot be used is said once, and the rest is looked at all the same.
func TestRunWithoutDatabase(t *testing.T) {
	d := serve(t, nil)
	d.Store, d.Database, d.Broken = nil, nil, errors.New("no such host")
	r := d.Run(t.Context(), Wish{Printer: printer(t)})
	got := map[string]State{}
	for _, result := range r.Results {
		got[result.Check] = result.State
	}
	want := map[string]State{
		"database.answers": Failed, "database.disk": OK, "database.rest": Skipped, "address.name": Warning, "address.tls": Skipped,
		"address.redirect": Skipped, "address.self": OK, "address.proxy": OK, "address.stream": OK,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestReportIsKept(t *testing.T) {
	d, _ := newDoctor(t, "http://localhost")
	if _, found, err := d.Last(t.Context(), "default"); found || err != nil {
		t.Fatalf("before the first: %t, %v", found, err)
	}
	r := Report{At: time.Now().UTC().Truncate(time.Second), Took: time.Second, URL: "u", Results: []Result{bbbCall().failed("doctor.bbb.secret", "Server", "BBB")}}
	must(t, d.Keep(t.Context(), "default", r))
	last, found, err := d.Last(t.Context(), "default")
	must(t, err)
	if diff := cmp.Diff(r, last); !found || diff != "" {
		t.Errorf("the last report (-want +got):\n%s", diff)
	}
}

// Results come in the order of the tasks, whoever is done first.
func TestPerformKeepsOrder(t *testing.T) {
	var tasks []task
	for i := range 3 * atOnce {
		tasks = append(tasks, one(func(context.Context) Result { return Result{Check: string(rune('a' + i))} }))
	}
	for i, r := range perform(t.Context(), tasks) {
		if r.Check != string(rune('a'+i)) {
			t.Fatalf("result %d is %q", i, r.Check)
		}
	}
}
