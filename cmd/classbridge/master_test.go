package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/storage/storagetest"
)

// keyStates are the ids of the keys that status lists, each with its state.
func keyStates(t *testing.T, r result) map[string]masterKeyInUse {
	t.Helper()
	states := map[string]masterKeyInUse{}
	for _, k := range decode[[]masterKeyInUse](t, r) {
		states[k.State] = k
	}
	return states
}

func later(hours int) func() time.Time {
	return func() time.Time { return time.Now().Add(time.Duration(hours) * time.Hour) }
}

// The key is rotated while a class runs: who is signed in stays so, people join
// before and after, the class is ended, its end is told, its recording comes.
func TestMasterKeyIsRotatedWhileAClassRuns(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	teacher, before, waiting := newVisitor(t), newVisitor(t), newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	course := *teacher
	waiting.launch(w.LMS(), "learner1", "weekly")
	before.launch(w.LMS(), "learner2", "weekly")
	teacher.submit(`form[action$="/start"]`, "announce", "yes")
	inside(teacher, "Tamar Levi", "Moderator")
	early := *before
	early.until(`form[action$="/join"]`)
	early.submit(`form[action$="/join"]`)
	old := keyStates(t, must(t, w.env, "", "master", "status", "--json"))[keyIsCurrent]
	if old.Sealed == 0 || old.Classes != 1 {
		t.Errorf("before: %+v", old)
	}
	waiting.until(`form[action$="/join"]`)

	must(t, w.env, "", "master", "rotate")

	waiting.submit(`form[action$="/join"]`) // a session and a ticket that the old key signed
	inside(waiting, "Lena Fischer", "Viewer")
	fresh := newVisitor(t)
	fresh.launch(w.LMS(), "assistant", "weekly")
	fresh.submit(`form[action$="/start"],form[action$="/join"]`)
	fresh.want("#role", "Moderator")
	course.reload()
	course.want("h1", "Weekly class")

	must(t, w.env, "", "master", "reseal")
	now := keyStates(t, must(t, w.env, "", "master", "status", "--json"))
	if now[keyIsCurrent].ID == old.ID || now[keyIsCurrent].Sealed < old.Sealed || now[keyOpens].ID != old.ID {
		t.Errorf("after: %+v", now)
	}
	if k := now[keyOpens]; k.Sealed != 0 || k.Classes != 1 || k.Spare {
		t.Errorf("the old key: %+v", k)
	}
	if r := command(t, w.env, "", "master", "retire", old.ID); r.code == 0 || !strings.Contains(r.err, "still needed") {
		t.Errorf("a key that a class needs was retired: %s", r.out)
	}

	teacher.submit(`form[action$="/start-recording"]`)
	teacher.submit(`form[action$="/end"]`)
	chat := newVisitor(t)
	chat.open(w.ChatURL())
	chat.submit(`form[action="/login"]`, "user", attribute(queryAll(chat.page, "button[name=user]")[0], "value"))
	chat.open(attribute(chat.until(`a[href^="/channels/"]`), "href"))
	chat.untilShows("article.post:not(.system)", "has ended")
	chat.untilShows(".thread article", "#recording")

	// What the old key signed is good for a day; then the key may go.
	if r := command(t, w.env, "", "master", "retire", old.ID); r.code == 0 || !strings.Contains(r.err, "is good until") {
		t.Errorf("a key whose sessions live was retired: %s%s", r.out, r.err)
	}
	if k := keyStates(t, commandAt(t, later(25), w.env, "", "master", "status", "--json"))[keyOpens]; !k.Spare {
		t.Errorf("a day later: %+v", k)
	}
	if r := commandAt(t, later(25), w.env, "", "master", "retire", old.ID); r.code != 0 {
		t.Fatal(r.err)
	}
	newVisitor(t).launch(w.LMS(), "teacher", "weekly") // the server does without it
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.err)
	}
	start(t, w.env, isReady, "serve")
	newVisitor(t).launch(w.LMS(), "teacher", "weekly")
}

// While keys in variables change, replicas have different lists of them for a
// while. At each step of the documented way they work together.
func TestReplicasWhoseKeysAreChanging(t *testing.T) {
	const old, next = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg="
	for name, keys := range map[string][2]string{
		"the new one is made known": {old + "," + next, old},
		"the new one signs":         {next + "," + old, old + "," + next},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newReplicasWith(t, "CLASSBRIDGE_MASTER_KEY", keys[0], keys[1])
			tellStory(t, w.World)
		})
	}
}

// Two servers that read one file go over to a new key while people come in, each
// request of a launch to another of them: no launch fails, nobody is signed out.
func TestReplicasGoOverToANewKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(file, []byte("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, _ := newReplicasWith(t, "CLASSBRIDGE_MASTER_KEY_FILE", file, file)
	var people []*visitor
	come := func(n int) {
		for i := range n {
			v := newVisitor(t)
			v.launch(w.LMS(), []string{"teacher", "learner1", "learner2"}[i%3], "weekly")
			people = append(people, v)
		}
	}
	come(3)
	changed := make(chan result, 2)
	go func() {
		changed <- command(t, w.env, "", "master", "rotate")
		changed <- command(t, w.env, "", "master", "reseal")
	}()
	for done := 0; done < 2; {
		select {
		case r := <-changed:
			done++
			if r.code != 0 {
				t.Fatal(r.err)
			}
		default:
			come(1)
		}
	}
	come(6)
	for i, v := range people {
		for range 2 { // once at each
			if v.reload(); v.status != 200 {
				t.Fatalf("visitor %d: HTTP status %d", i, v.status)
			}
		}
	}
	states := keyStates(t, must(t, w.env, "", "master", "status", "--json"))
	if states[keyIsCurrent].Sealed == 0 {
		t.Errorf("nothing is sealed with the new key: %+v", states)
	}
}

func TestMasterRotateOfAVariable(t *testing.T) {
	env := dataEnv(t)
	env["CLASSBRIDGE_MASTER_KEY"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
	must(t, env, "", "migrate")
	r := command(t, env, "", "master", "rotate")
	if r.code != exitFailure || !strings.Contains(r.err, "NEW,OLD") || strings.Contains(r.err, "BwcH") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

// A key file that is mounted is read again when it changes, and rotated in place.
func TestMasterKeyFile(t *testing.T) {
	env := dataEnv(t)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env["CLASSBRIDGE_MASTER_KEY_FILE"] = file
	must(t, env, "", "migrate")
	must(t, env, "", "master", "rotate")
	must(t, env, "", "master", "reseal")
	states := keyStates(t, must(t, env, "", "master", "status", "--json"))
	if states[keyOpens].Sealed != 0 || states[keyIsCurrent].Sealed == 0 {
		t.Errorf("%+v", states)
	}
	if r := must(t, env, "", "master", "status"); !strings.Contains(r.out, "still needed") {
		t.Error(r.out)
	}
	env["CLASSBRIDGE_MASTER_KEY_FILE"] = filepath.Join(t.TempDir(), "none")
	if r := command(t, env, "", "master", "status"); r.code != exitUsage {
		t.Errorf("a key file that is not there: exit code %d: %s", r.code, r.err)
	}
}

// With the key lost, one command makes the installation work again: the secrets
// come from the environment here, elsewhere they are typed in.
func TestMasterKeyIsLost(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	teacher := newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	s.end()
	if err := os.Remove(filepath.Join(w.env["CLASSBRIDGE_DATA"], "master.key")); err != nil {
		t.Fatal(err)
	}
	if r := command(t, w.env, "", "key", "list"); r.code == 0 || !strings.Contains(r.err, "master lost") {
		t.Errorf("without the key: %s%s", r.out, r.err)
	}
	if r := command(t, w.env, "no\n", "master", "lost"); r.code == 0 {
		t.Errorf("nobody said that it is lost: %s", r.out)
	}
	if r := must(t, w.env, "lost\n", "master", "lost"); !strings.Contains(r.out, "works again") {
		t.Error(r.out)
	}
	if keys := decode[[]shownKey](t, must(t, w.env, "", "key", "list", "--json")); len(keys) != 2 {
		t.Errorf("the tool's keys: %+v", keys)
	}
	start(t, w.env, isReady, "serve")
	if teacher.reload(); teacher.status < 400 {
		t.Errorf("a session of the lost key: HTTP status %d", teacher.status)
	}
	tellStory(t, w.World)
}

// needsPostgres skips a test that is about replicas.
func needsPostgres(t *testing.T) {
	t.Helper()
	if os.Getenv(storagetest.PostgresVariable) == "" {
		t.Skip(storagetest.PostgresVariable + " names no PostgreSQL")
	}
}
