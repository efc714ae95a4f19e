package storage_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func invitation(t *testing.T, db *storage.DB) classroom.Invitation {
	t.Helper()
	i, _ := classroom.NewInvitation(classroom.Invitation{TenantID: classroom.DefaultTenant, Name: "Moodle", OnPremises: true, Pending: true},
		storagetest.Now(), time.Hour)
	must(t, db.CreateInvitation(t.Context(), i))
	return i
}

func TestInvitationComesBack(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		want := invitation(t, db)
		i, found, err := db.FindInvitation(t.Context(), want.Hash)
		if err != nil || !found {
			t.Fatalf("found %v, %v", found, err)
		}
		diff(t, want, i)
		if _, found, err := db.FindInvitation(t.Context(), "another"); err != nil || found {
			t.Errorf("an unknown hash: found %v, %v", found, err)
		}
		wantCode(t, db.CreateInvitation(t.Context(), want), classroom.Conflict)
		diff(t, []classroom.Invitation{want}, got[[]classroom.Invitation](t)(db.Invitations(t.Context(), want.TenantID)))
		diff(t, []classroom.Invitation{}, got[[]classroom.Invitation](t)(db.Invitations(t.Context(), otherTenant(t, db).ID)))
	})
}

func TestInvitationIsClaimedByOne(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		i, now := invitation(t, db), storagetest.Now()
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			held []string
		)
		for range 8 {
			wg.Go(func() {
				claim := storagetest.ID()
				ok, err := db.ClaimInvitation(t.Context(), i.ID, claim, now, now.Add(time.Minute))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if ok {
					held = append(held, claim)
				}
			})
		}
		wg.Wait()
		if len(held) != 1 {
			t.Fatalf("%d hold the invitation", len(held))
		}
		wantCode(t, db.UseInvitation(t.Context(), i.ID, "another claim", "p", now), classroom.NotFound)
		wantCode(t, db.ReleaseInvitation(t.Context(), i.ID, "another claim"), classroom.NotFound)
		must(t, db.UseInvitation(t.Context(), i.ID, held[0], "platform", now))
		wantCode(t, db.UseInvitation(t.Context(), i.ID, held[0], "again", now), classroom.NotFound)
		wantCode(t, db.WithdrawInvitation(t.Context(), i.TenantID, i.ID, now), classroom.NotFound)
		if used, _, _ := db.FindInvitation(t.Context(), i.Hash); used.PlatformID != "platform" || !used.UsedAt.Equal(now) {
			t.Errorf("used: %+v", used)
		}
		claims(t, db, i, now.Add(2*time.Minute), false)
	})
}

// claims tries to claim an invitation at that time, and gives it back.
func claims(t *testing.T, db *storage.DB, i classroom.Invitation, now time.Time, want bool) {
	t.Helper()
	claim := storagetest.ID()
	ok, err := db.ClaimInvitation(t.Context(), i.ID, claim, now, now.Add(time.Minute))
	if err != nil || ok != want {
		t.Errorf("claimed %v, %v; want %v", ok, err, want)
	}
	if ok {
		must(t, db.ReleaseInvitation(t.Context(), i.ID, claim))
	}
}

func TestInvitationIsGivenBack(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		i, now := invitation(t, db), storagetest.Now()
		claims(t, db, i, now, true)
		claims(t, db, i, now, true)
		if ok, err := db.ClaimInvitation(t.Context(), i.ID, "of a process that died", now, now.Add(time.Minute)); err != nil || !ok {
			t.Fatal(ok, err)
		}
		claims(t, db, i, now.Add(59*time.Second), false)
		claims(t, db, i, now.Add(time.Minute), true)
		claims(t, db, i, i.ExpiresAt, false)
		wantCode(t, db.WithdrawInvitation(t.Context(), "another", i.ID, now), classroom.NotFound)
		must(t, db.WithdrawInvitation(t.Context(), i.TenantID, i.ID, now))
		claims(t, db, i, now.Add(time.Minute), false)
		wantCode(t, db.WithdrawInvitation(t.Context(), i.TenantID, i.ID, now), classroom.NotFound)
	})
}

// A withdrawal while a registration is under way wins.
func TestWithdrawnInvitationIsNotUsed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		i, now := invitation(t, db), storagetest.Now()
		if ok, err := db.ClaimInvitation(t.Context(), i.ID, "claim", now, now.Add(time.Minute)); err != nil || !ok {
			t.Fatal(ok, err)
		}
		must(t, db.WithdrawInvitation(t.Context(), i.TenantID, i.ID, now))
		wantCode(t, db.UseInvitation(t.Context(), i.ID, "claim", "p", now), classroom.NotFound)
	})
}

func TestOldInvitationsAreForgotten(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		old := invitation(t, db)
		later := old
		later.ID, later.Hash, later.ExpiresAt = storagetest.ID(), "later", old.ExpiresAt.Add(time.Second)
		must(t, db.CreateInvitation(t.Context(), later))
		must(t, db.ForgetInvitations(t.Context(), old.ExpiresAt))
		if n := len(got[[]classroom.Invitation](t)(db.Invitations(t.Context(), old.TenantID))); n != 2 {
			t.Errorf("%d are left", n)
		}
		must(t, db.ForgetInvitations(t.Context(), later.ExpiresAt))
		diff(t, []classroom.Invitation{later}, got[[]classroom.Invitation](t)(db.Invitations(t.Context(), old.TenantID)))
	})
}

func TestPlatformIsLockedAndSavedInATransaction(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		want := storagetest.Platform(t, db)
		got[classroom.Platform](t)(db.Platform(t.Context(), want.ID)) // remembered
		undone := errors.New("undone")
		for _, end := range []error{undone, nil} {
			err := db.Tx(t.Context(), func(tx classroom.Tx) error {
				p, found, err := tx.LockRegistration(t.Context(), want.Issuer, want.ClientID)
				if err != nil || !found {
					t.Fatal(found, err)
				}
				diff(t, want, p)
				p.Version, p.Progress.RegisteredAt = "5.0", storagetest.Now()
				must(t, tx.SavePlatform(t.Context(), p))
				if end == nil {
					want = p
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
			diff(t, want, got[classroom.Platform](t)(db.Platform(t.Context(), want.ID)))
		}
		must(t, db.DisablePlatform(t.Context(), want.TenantID, want.ID))
		if p, found, err := db.LockRegistration(t.Context(), want.Issuer, want.ClientID); err != nil || !found || !p.Disabled {
			t.Errorf("a disabled one: %v, %v", found, err)
		}
		if _, found, err := db.LockRegistration(t.Context(), want.Issuer, "another"); err != nil || found {
			t.Errorf("another client: %v, %v", found, err)
		}
	})
}
