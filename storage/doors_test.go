package storage_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestSignInLinks(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		if any := got[bool](t)(db.AnyAccount(t.Context())); any {
			t.Error("a new installation has an account")
		}
		a := account(classroom.DefaultTenant, "ada@example.org")
		must(t, db.CreateAccount(t.Context(), a))
		if any := got[bool](t)(db.AnyAccount(t.Context())); !any {
			t.Error("there is an account")
		}
		now := storagetest.Now()
		link := func(id string, age time.Duration) admin.SignInLink {
			l := admin.SignInLink{ID: id, TenantID: a.TenantID, AccountID: a.ID, ExpiresAt: now.Add(time.Hour - age), CreatedAt: now.Add(-age)}
			must(t, db.CreateSignInLink(t.Context(), l))
			return l
		}
		fresh := link("fresh", 0)
		link("old", 2*time.Hour)
		must(t, db.ForgetSignInLinks(t.Context(), now))
		if _, found, err := db.FindSignInLink(t.Context(), "old"); found || err != nil {
			t.Errorf("the old link: %t, %v", found, err)
		}
		l, _, err := db.FindSignInLink(t.Context(), "fresh")
		must(t, err)
		diff(t, fresh, l)
		must(t, db.EndSignInLinks(t.Context(), otherTenant(t, db).ID, a.ID))
		must(t, db.UseSignInLink(t.Context(), "fresh"))
		wantCode(t, db.UseSignInLink(t.Context(), "fresh"), classroom.NotFound)
		link("again", 0)
		must(t, db.EndSignInLinks(t.Context(), a.TenantID, a.ID))
		wantCode(t, db.UseSignInLink(t.Context(), "again"), classroom.NotFound)
	})
}

// Counts that many make at once lose nothing.
func TestAttempts(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				err := db.AdminTx(t.Context(), func(q admin.Queries) error {
					a, err := q.LockAttempts(t.Context(), "somebody", now)
					if err != nil {
						return err
					}
					a.Failures, a.LastAt, a.Until = a.Failures+1, now, now.Add(time.Minute)
					return q.SaveAttempts(t.Context(), a)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		count := func() (a admin.Attempts) {
			must(t, db.AdminTx(t.Context(), func(q admin.Queries) (err error) {
				a, err = q.LockAttempts(t.Context(), "somebody", now)
				return err
			}))
			return a
		}
		diff(t, admin.Attempts{ID: "somebody", Failures: 10, LastAt: now, Until: now.Add(time.Minute)}, count())
		must(t, db.ForgetAttempts(t.Context(), now.Add(time.Second)))
		diff(t, admin.Attempts{ID: "somebody", LastAt: now, Until: now}, count())
	})
}

func TestPasskeys(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a, b := account(classroom.DefaultTenant, "ada@example.org"), account(otherTenant(t, db).ID, "bob@example.org")
		must(t, db.CreateAccount(t.Context(), a))
		must(t, db.CreateAccount(t.Context(), b))
		k := admin.Passkey{
			ID: storagetest.ID(), TenantID: a.TenantID, AccountID: a.ID, CredentialID: "credential", Name: "Laptop", Credential: "{}", CreatedAt: storagetest.Now(),
		}
		must(t, db.CreatePasskey(t.Context(), k))
		twin := k
		twin.ID, twin.TenantID, twin.AccountID = storagetest.ID(), b.TenantID, b.ID
		wantCode(t, db.CreatePasskey(t.Context(), twin), classroom.Conflict)
		k.Credential, k.UsedAt = `{"signCount":1}`, storagetest.Now()
		must(t, db.SavePasskey(t.Context(), k))
		found, _, err := db.FindPasskey(t.Context(), "credential")
		must(t, err)
		diff(t, k, found)
		diff(t, []admin.Passkey{k}, got[[]admin.Passkey](t)(db.Passkeys(t.Context(), a.TenantID, a.ID)))
		diff(t, []admin.Passkey{}, got[[]admin.Passkey](t)(db.Passkeys(t.Context(), b.TenantID, a.ID)))
		wantCode(t, db.RemovePasskey(t.Context(), b.TenantID, a.ID, k.ID), classroom.NotFound)
		must(t, db.RemovePasskey(t.Context(), a.TenantID, a.ID, k.ID))
		must(t, db.CreatePasskey(t.Context(), k))
		must(t, db.ForgetPasskeys(t.Context(), a.TenantID, a.ID))
		diff(t, []admin.Passkey{}, got[[]admin.Passkey](t)(db.Passkeys(t.Context(), a.TenantID, a.ID)))
	})
}

func TestSingleSignOn(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		if _, found, err := db.FindSSOProvider(t.Context(), classroom.DefaultTenant); found || err != nil {
			t.Errorf("a provider that nobody made: %t, %v", found, err)
		}
		p := admin.SSOProvider{
			ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Name: "ID", Issuer: "https://id.example", ClientID: "c", ClientSecret: "very secret",
			Scopes: "groups", GroupsClaim: "groups", Rules: []admin.GroupRule{{Group: "it", Role: admin.Admin}}, Domains: []string{"example.org"},
			Required: true, Enabled: true, CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
		}
		must(t, db.CreateSSOProvider(t.Context(), p))
		twin := p
		twin.ID = storagetest.ID()
		wantCode(t, db.CreateSSOProvider(t.Context(), twin), classroom.Conflict)
		p.Enabled, p.Rules, p.ClientSecret = false, []admin.GroupRule{}, "another secret"
		must(t, db.SaveSSOProvider(t.Context(), p))
		found, _, err := db.FindSSOProvider(t.Context(), p.TenantID)
		must(t, err)
		diff(t, p, found)
		sealed := got[[]storage.Sealed](t)(db.Sealed(t.Context()))
		if !slices.ContainsFunc(sealed, func(s storage.Sealed) bool { return s.Table == "sso_providers" && s.Column == "client_secret" }) {
			t.Errorf("the secret is not sealed: %v", sealed)
		}
		if _, found, _ := db.FindSSOProvider(t.Context(), otherTenant(t, db).ID); found {
			t.Error("another tenant has the provider")
		}
		a := account(classroom.DefaultTenant, "ada@example.org")
		must(t, db.CreateAccount(t.Context(), a))
		i := admin.Identity{
			ID: storagetest.ID(), TenantID: a.TenantID, AccountID: a.ID, Issuer: p.Issuer, Subject: "ada", ByGroup: true, CreatedAt: storagetest.Now(), UsedAt: storagetest.Now(),
		}
		must(t, db.CreateIdentity(t.Context(), i))
		again := i
		again.ID = storagetest.ID()
		wantCode(t, db.CreateIdentity(t.Context(), again), classroom.Conflict)
		i.UsedAt = i.UsedAt.Add(time.Hour)
		must(t, db.SaveIdentity(t.Context(), i))
		known, _, err := db.FindIdentity(t.Context(), a.TenantID, p.Issuer, "ada")
		must(t, err)
		diff(t, i, known)
		diff(t, []admin.Identity{i}, got[[]admin.Identity](t)(db.Identities(t.Context(), a.TenantID, a.ID)))
		must(t, db.ForgetIdentities(t.Context(), a.TenantID, a.ID))
		if _, found, _ := db.FindIdentity(t.Context(), a.TenantID, p.Issuer, "ada"); found {
			t.Error("the identity is still there")
		}
	})
}

func TestAccountsFrom(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a, b := account(classroom.DefaultTenant, "a@example.org"), account(classroom.DefaultTenant, "b@example.org")
		must(t, db.CreateAccount(t.Context(), b))
		must(t, db.CreateAccount(t.Context(), a))
		must(t, db.CreateAccount(t.Context(), account(otherTenant(t, db).ID, "c@example.org")))
		diff(t, []admin.Account{a}, got[[]admin.Account](t)(db.AccountsFrom(t.Context(), a.TenantID, "", 1)))
		diff(t, []admin.Account{b}, got[[]admin.Account](t)(db.AccountsFrom(t.Context(), a.TenantID, a.Email, 50)))
		must(t, db.AdminTx(t.Context(), func(q admin.Queries) error {
			all, err := q.LockAccounts(t.Context(), a.TenantID)
			if len(all) != 2 {
				t.Errorf("%d accounts are locked", len(all))
			}
			return err
		}))
	})
}
