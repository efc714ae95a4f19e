package storage_test

import (
	"errors"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
	"classbridge/storage/vault"
)

func TestServers(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a, b := storagetest.Server(t, db), storagetest.Server(t, db)
		diff(t, a, got[classroom.Server](t)(db.Server(t.Context(), a.ID)))
		diff(t, []classroom.Server{a, b}, got[[]classroom.Server](t)(db.Servers(t.Context(), a.TenantID)))
		a.Disabled, a.Secrets, a.Name = true, []string{"new", "old"}, "Renamed"
		must(t, db.SaveServer(t.Context(), a))
		diff(t, []classroom.Server{b}, got[[]classroom.Server](t)(db.Servers(t.Context(), a.TenantID)))
		diff(t, []classroom.Server{a, b}, got[[]classroom.Server](t)(db.ListServers(t.Context(), a.TenantID)))
		diff(t, a, got[classroom.Server](t)(db.Server(t.Context(), a.ID)))
		diff(t, []classroom.Server{}, got[[]classroom.Server](t)(db.Servers(t.Context(), otherTenant(t, db).ID)))
		_, err := db.Server(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

func TestChatConnection(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		find := func() (classroom.ChatConnection, bool) {
			c, found, err := db.FindChatConnection(t.Context(), classroom.DefaultTenant)
			must(t, err)
			return c, found
		}
		if _, found := find(); found {
			t.Error("a connection that nobody made was found")
		}
		want := chatConnection()
		must(t, db.SaveChatConnection(t.Context(), want))
		if c, found := find(); !found || c != want {
			t.Errorf("FindChatConnection = %+v, %v", c, found)
		}
		want.Token, want.OAuthSecret = "changed", ""
		must(t, db.SaveChatConnection(t.Context(), want))
		if c, _ := find(); c != want {
			t.Errorf("FindChatConnection = %+v", c)
		}
		must(t, db.DeleteChatConnection(t.Context(), want.TenantID))
		if _, found := find(); found {
			t.Error("a deleted connection was found")
		}
		wantCode(t, db.DeleteChatConnection(t.Context(), want.TenantID), classroom.NotFound)
	})
}

func chatConnection() classroom.ChatConnection {
	return classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: "https://chat.example", Token: "canary-token", BotID: "bot", TeamID: "team",
		TeamName: "school", OAuthID: "app", OAuthSecret: "canary-oauth", UpdatedAt: storagetest.Now(),
	}
}

func toolKey(state classroom.ToolKeyState) classroom.ToolKey {
	return classroom.ToolKey{
		ID: storagetest.ID(), TenantID: classroom.DefaultTenant, State: state, Private: []byte("canary-private"),
		CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
	}
}

func TestToolKeys(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a, b := toolKey(classroom.KeyCurrent), toolKey(classroom.KeyNext)
		must(t, db.CreateToolKey(t.Context(), a))
		must(t, db.CreateToolKey(t.Context(), b))
		wantCode(t, db.CreateToolKey(t.Context(), a), classroom.Conflict)
		diff(t, []classroom.ToolKey{a, b}, got[[]classroom.ToolKey](t)(db.ToolKeys(t.Context(), a.TenantID)))
		a.State = classroom.KeyRetired
		must(t, db.SaveToolKey(t.Context(), a))
		diff(t, []classroom.ToolKey{a, b}, got[[]classroom.ToolKey](t)(db.ToolKeys(t.Context(), a.TenantID)))
		must(t, db.Tx(t.Context(), func(tx classroom.Tx) error {
			diff(t, []classroom.ToolKey{a, b}, got[[]classroom.ToolKey](t)(tx.LockToolKeys(t.Context(), a.TenantID)))
			return nil
		}))
		other := otherTenant(t, db)
		diff(t, []classroom.ToolKey{}, got[[]classroom.ToolKey](t)(db.ToolKeys(t.Context(), other.ID)))
		a.TenantID = other.ID
		wantCode(t, db.SaveToolKey(t.Context(), a), classroom.NotFound)
		wantCode(t, db.DeleteToolKey(t.Context(), a.TenantID, a.ID), classroom.NotFound)
		must(t, db.DeleteToolKey(t.Context(), b.TenantID, a.ID))
		diff(t, []classroom.ToolKey{b}, got[[]classroom.ToolKey](t)(db.ToolKeys(t.Context(), b.TenantID)))
	})
}

// Nobody who reads the tables reads a secret, and nobody who writes them moves
// one to another row.
func TestSecretsAreSealed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		a, b := s.server, storagetest.Server(t, db)
		l := storagetest.Launch(t, db, s.room, s.teacher)
		must(t, db.SaveChatConnection(t.Context(), chatConnection()))
		must(t, db.CreateToolKey(t.Context(), toolKey(classroom.KeyCurrent)))
		for _, query := range []string{
			"SELECT secrets FROM servers WHERE id = '" + a.ID + "'", "SELECT token FROM chat_connections",
			"SELECT oauth_secret FROM chat_connections", "SELECT private FROM tool_keys",
			"SELECT return_url FROM launches", // it may hold a session key of the LMS
		} {
			text := column(t, db, query)
			if !strings.HasPrefix(text, "v1.") || strings.Contains(text, "secret") || strings.Contains(text, "canary") || strings.Contains(text, "lms") {
				t.Errorf("%s = %s", query, text)
			}
		}
		must(t, raw(t, db, "UPDATE servers SET secrets = (SELECT secrets FROM servers WHERE id = '"+b.ID+"') WHERE id = '"+a.ID+"'"))
		must(t, raw(t, db, "UPDATE chat_connections SET token = oauth_secret"))
		must(t, raw(t, db, "UPDATE launches SET id = 'moved'"))
		for name, err := range map[string]error{
			"FindLaunch":         third(db.FindLaunch(t.Context(), "moved")),
			"FindAccess":         third(db.FindAccess(t.Context(), "moved", l.RoomID)),
			"Server":             second(db.Server(t.Context(), a.ID)),
			"Servers":            second(db.Servers(t.Context(), a.TenantID)),
			"FindChatConnection": third(db.FindChatConnection(t.Context(), a.TenantID)),
		} {
			if !errors.Is(err, vault.ErrSealed) {
				t.Errorf("%s after a swap = %v, want %v", name, err, vault.ErrSealed)
			}
		}
	})
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }
