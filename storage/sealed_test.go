package storage_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
	"classbridge/storage/vault"
)

// secretive fills a database with something of every sealed column, more than a
// batch of launches among it.
func secretive(t *testing.T, db *storage.DB) (classroom.Server, []classroom.Launch) {
	t.Helper()
	p := storagetest.Platform(t, db)
	r := storagetest.Room(t, db, storagetest.Course(t, db, p))
	who := storagetest.Person(t, db, p, "Ann")
	s := storagetest.Server(t, db)
	must(t, db.SaveChatConnection(t.Context(), classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: "https://chat.example", Token: "token", OAuthSecret: "oauth",
	}))
	must(t, db.CreateToolKey(t.Context(), classroom.ToolKey{
		ID: "kid", TenantID: classroom.DefaultTenant, State: classroom.KeyCurrent, Private: []byte("private"), CreatedAt: storagetest.Now(),
	}))
	must(t, db.CreatePlacement(t.Context(), classroom.Placement{
		ID: storagetest.ID(), TenantID: p.TenantID, PlatformID: p.ID, Nonce: "n", PersonID: who.ID, CourseID: r.CourseID,
		ReturnURL: "https://lms.example/return", CreatedAt: storagetest.Now(),
	}))
	var launches []classroom.Launch
	for range 250 {
		launches = append(launches, storagetest.Launch(t, db, r, who))
	}
	return s, launches
}

// reopen opens the database again, with other master keys.
func reopen(t *testing.T, c storage.Config, fills ...byte) *storage.DB {
	t.Helper()
	var masters [][]byte
	for _, fill := range fills {
		masters = append(masters, bytes.Repeat([]byte{fill}, vault.MasterSize))
	}
	v, err := vault.New(masters...)
	must(t, err)
	c.Vault = v
	db, err := storage.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func keysOf(t *testing.T, db *storage.DB) map[string]int64 {
	t.Helper()
	all, err := db.Sealed(t.Context())
	must(t, err)
	keys := map[string]int64{}
	for _, s := range all {
		keys[s.Key] += s.Rows
		if !s.CanReseal() {
			t.Errorf("%s cannot be sealed anew", s)
		}
	}
	return keys
}

func TestReseal(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		server, launches := secretive(t, storagetest.Open(t, c)) // sealed with 7s
		db := reopen(t, c, 8, 7)
		before := keysOf(t, db)
		if len(before) != 1 {
			t.Fatalf("sealed with %v", before)
		}
		done, err := db.Reseal(t.Context())
		must(t, err)
		if done.Rows < 255 || done.Unopenable != 0 {
			t.Errorf("sealed anew: %+v", done)
		}
		if again, err := db.Reseal(t.Context()); err != nil || again != (storage.Resealed{}) {
			t.Errorf("a second time: %+v, %v", again, err)
		}
		// The old key is not needed any more.
		db = reopen(t, c, 8)
		if after := keysOf(t, db); len(after) != 1 || after[c.Vault.Current()] != 0 {
			t.Errorf("sealed with %v, before with %v", after, before)
		}
		if s, err := db.Server(t.Context(), server.ID); err != nil || s.Secrets[0] != server.Secrets[0] {
			t.Errorf("server: %v, %v", s, err)
		}
		last := launches[len(launches)-1]
		if l, _, err := db.FindLaunch(t.Context(), last.ID); err != nil || l.ReturnURL != last.ReturnURL {
			t.Errorf("launch: %v, %v", l, err)
		}
		if chat, _, err := db.FindChatConnection(t.Context(), classroom.DefaultTenant); err != nil || chat.Token != "token" || chat.OAuthSecret != "oauth" {
			t.Errorf("chat: %v", err)
		}
	})
}

// With the key lost, everything else is kept, and nothing is in the way.
func TestForgetUnopenable(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		first := storagetest.Open(t, c)
		server, launches := secretive(t, first)
		sso := admin.SSOProvider{
			ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Issuer: "https://id.example", ClientID: "c", ClientSecret: "very secret", Rules: []admin.GroupRule{}, Domains: []string{},
			Required: true, Enabled: true, CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
		}
		must(t, first.CreateSSOProvider(t.Context(), sso))
		db := reopen(t, c, 9)
		if left, err := db.Reseal(t.Context()); err != nil || left.Rows != 0 || left.Unopenable < 255 {
			t.Fatalf("sealed anew without the key: %+v, %v", left, err)
		}
		done, err := db.ForgetUnopenable(t.Context())
		must(t, err)
		if done.Rows < 255 {
			t.Errorf("forgotten: %+v", done)
		}
		if s, err := db.Server(t.Context(), server.ID); err != nil || len(s.Secrets) != 0 || !s.Disabled || s.URL != server.URL {
			t.Errorf("server: %v, %v", s, err)
		}
		if l, found, err := db.FindLaunch(t.Context(), launches[0].ID); err != nil || !found || l.ReturnURL != "" {
			t.Errorf("launch: %+v, %v", l, err)
		}
		if chat, _, err := db.FindChatConnection(t.Context(), classroom.DefaultTenant); err != nil || chat.Token != "" || chat.URL == "" {
			t.Errorf("chat: %v", err)
		}
		if p, found, err := db.FindSSOProvider(t.Context(), classroom.DefaultTenant); err != nil || !found || p.ClientSecret != "" || p.Required || p.Enabled {
			t.Errorf("single sign-on: %+v, %v", p, err)
		}
		if keys, err := db.ToolKeys(t.Context(), classroom.DefaultTenant); err != nil || len(keys) != 0 {
			t.Errorf("tool keys: %v, %v", keys, err)
		}
		if again, err := db.ForgetUnopenable(t.Context()); err != nil || again.Rows != 0 {
			t.Errorf("a second time: %+v, %v", again, err)
		}
	})
}

// Whatever is sealed anywhere in this package is known to be: each column is
// found in the source, where it is sealed.
func TestEverySealedColumnIsKnown(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	made := regexp.MustCompile(`"([a-z_]+)/"\s*\+\s*[\w.]+\s*\+\s*"/([a-z_]+)"`)
	calls, columns := 0, map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "sealed.go" {
			continue
		}
		text, err := os.ReadFile(name)
		must(t, err)
		calls += strings.Count(string(text), "vault.Seal(")
		for _, m := range made.FindAllStringSubmatch(string(text), -1) {
			columns[m[1]+"."+m[2]] = true
			if !(storage.Sealed{Table: m[1], Column: m[2]}).CanReseal() {
				t.Errorf("%s seals %s.%s, which sealedColumns does not know", name, m[1], m[2])
			}
		}
	}
	if calls != len(columns) {
		t.Errorf("%d calls seal %d columns: what they seal cannot be told from the source, or one is sealed in two places", calls, len(columns))
	}
}

func TestMasterKeysSince(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		first := storagetest.Now()
		must(t, db.NoteMasterKey(t.Context(), "00112233", first))
		must(t, db.NoteMasterKey(context.WithoutCancel(t.Context()), "00112233", first.AddDate(1, 0, 0)))
		since, err := db.MasterKeysSince(t.Context())
		must(t, err)
		if len(since) != 1 || !since["00112233"].Equal(first) {
			t.Errorf("since %v, want %v", since, first)
		}
	})
}
