package storage_test

import (
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func account(tenant, email string) admin.Account {
	return admin.Account{
		ID: storagetest.ID(), TenantID: tenant, Email: email, Name: "Ada", Role: admin.Owner, Password: "$argon2id$", Locale: "de",
		CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
	}
}

func TestAccounts(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a := account(classroom.DefaultTenant, "ada@example.org")
		must(t, db.CreateAccount(t.Context(), a))
		twin := account(otherTenant(t, db).ID, "ADA@example.org")
		wantCode(t, db.CreateAccount(t.Context(), twin), classroom.Conflict)
		found, ok, err := db.FindAccountByEmail(t.Context(), "Ada@Example.org")
		must(t, err)
		if !ok {
			t.Fatal("not found by the address")
		}
		diff(t, a, found)
		a.Role, a.Disabled = admin.Auditor, true
		must(t, db.SaveAccount(t.Context(), a))
		diff(t, []admin.Account{a}, got[[]admin.Account](t)(db.Accounts(t.Context(), a.TenantID)))
		wantCode(t, second(db.Account(t.Context(), otherTenant(t, db).ID, a.ID)), classroom.NotFound)
		diff(t, a, got[admin.Account](t)(db.Account(t.Context(), a.TenantID, a.ID)))
	})
}

func TestConsoleSessions(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a := account(classroom.DefaultTenant, "ada@example.org")
		must(t, db.CreateAccount(t.Context(), a))
		now := storagetest.Now()
		session := func(id string, age time.Duration) admin.Session {
			s := admin.Session{
				ID: id, TenantID: a.TenantID, AccountID: a.ID, Entered: a.TenantID, Method: "password", Address: "203.0.113.7", Browser: "B",
				CreatedAt: now.Add(-age), SeenAt: now.Add(-age), ProvedAt: now.Add(-age),
			}
			must(t, db.CreateSession(t.Context(), s))
			return s
		}
		old, fresh := session("old", 3*time.Hour), session("fresh", 0)
		s, who, ok, err := db.FindSession(t.Context(), "old")
		must(t, err)
		if !ok {
			t.Fatal("not found")
		}
		diff(t, old, s)
		diff(t, a, who)
		diff(t, []admin.Session{fresh, old}, got[[]admin.Session](t)(db.Sessions(t.Context(), a.TenantID, a.ID)))
		wantCode(t, db.EndSession(t.Context(), otherTenant(t, db).ID, a.ID, "old"), classroom.NotFound)
		must(t, db.ForgetSessions(t.Context(), now.Add(-2*time.Hour), now.Add(-12*time.Hour)))
		diff(t, []admin.Session{fresh}, got[[]admin.Session](t)(db.Sessions(t.Context(), a.TenantID, a.ID)))
		must(t, db.EndSessions(t.Context(), a.TenantID, a.ID, "fresh"))
		must(t, db.EndSession(t.Context(), a.TenantID, a.ID, "fresh"))
		diff(t, []admin.Session{}, got[[]admin.Session](t)(db.Sessions(t.Context(), a.TenantID, a.ID)))
	})
}
