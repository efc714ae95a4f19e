package storage_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestPlatformComesBack(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		want := storagetest.Platform(t, db)
		diff(t, want, got[classroom.Platform](t)(db.Platform(t.Context(), want.ID)))
		want.Name, want.Audience, want.OnPremises, want.AllowAnonymous = "Other", "https://aud.example", true, true
		want.FrameOrigins, want.Record = []string{"https://a.example", "https://b.example"}, false
		want.Channels, want.NewDeployments = classroom.ChannelNever, classroom.DeploymentPending
		must(t, db.SavePlatform(t.Context(), want))
		diff(t, want, got[classroom.Platform](t)(db.Platform(t.Context(), want.ID)))
		_, err := db.Platform(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
		want.ID = "none"
		wantCode(t, db.SavePlatform(t.Context(), want), classroom.NotFound)
	})
}

func TestFindPlatforms(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		a, b := storagetest.Platform(t, db), storagetest.Platform(t, db) // of one issuer
		find := func(issuer, client string) []lti.Platform {
			return got[[]lti.Platform](t)(db.FindPlatforms(t.Context(), issuer, client))
		}
		diff(t, []lti.Platform{a.Platform, b.Platform}, find(a.Issuer, ""))
		diff(t, []lti.Platform{b.Platform}, find(a.Issuer, b.ClientID))
		diff(t, []lti.Platform{}, find("https://elsewhere.example", ""))
		diff(t, []lti.Platform{}, find("", ""))

		must(t, db.DisablePlatform(t.Context(), a.TenantID, a.ID))
		diff(t, []lti.Platform{b.Platform}, find(a.Issuer, ""))
		if _, found, err := db.FindPlatform(t.Context(), a.ID); err != nil || found {
			t.Errorf("FindPlatform of a disabled one = %v, %v", found, err)
		}
		if p, found, err := db.FindPlatform(t.Context(), b.ID); err != nil || !found || p != b.Platform {
			t.Errorf("FindPlatform = %v, %v, %v", p, found, err)
		}
		if _, found, err := db.FindPlatform(t.Context(), "none"); err != nil || found {
			t.Errorf("FindPlatform of none = %v, %v", found, err)
		}
		a.Disabled = true
		diff(t, []classroom.Platform{a, b}, got[[]classroom.Platform](t)(db.ListPlatforms(t.Context(), a.TenantID)))
	})
}

func TestPlatformsOfAnotherTenantAreNotTouched(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p, other := storagetest.Platform(t, db), otherTenant(t, db)
		wantCode(t, db.DisablePlatform(t.Context(), other.ID, p.ID), classroom.NotFound)
		diff(t, []classroom.Platform{}, got[[]classroom.Platform](t)(db.ListPlatforms(t.Context(), other.ID)))
	})
}

func TestPlatformOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		again := p
		again.ID = storagetest.ID()
		wantCode(t, db.CreatePlatform(t.Context(), again, []string{"2"}), classroom.Conflict)
		again.ClientID = "another"
		wantCode(t, db.CreatePlatform(t.Context(), again, []string{"2", "2"}), classroom.Conflict)
		if _, err := db.Platform(t.Context(), again.ID); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("a platform stayed whose deployments did not: %v", err)
		}
	})
}

func TestPlatformsOfClient(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		one := storagetest.Platform(t, db)
		two := one
		two.ID, two.Issuer, two.TenantID, two.Disabled = storagetest.ID(), "https://other.example", otherTenant(t, db).ID, true
		must(t, db.CreatePlatform(t.Context(), two, nil))
		storagetest.Platform(t, db)
		all := got[[]classroom.Platform](t)(db.PlatformsOfClient(t.Context(), one.ClientID))
		slices.SortFunc(all, func(a, b classroom.Platform) int { return strings.Compare(a.ID, b.ID) })
		want := []classroom.Platform{one, two}
		slices.SortFunc(want, func(a, b classroom.Platform) int { return strings.Compare(a.ID, b.ID) })
		diff(t, want, all)
	})
}

func TestDeployments(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		find := func(id string) (classroom.Deployment, bool) {
			d, found, err := db.FindDeployment(t.Context(), p.ID, id)
			must(t, err)
			return d, found
		}
		if d, found := find("1"); !found || d.State != classroom.DeploymentActive || d.TenantID != p.TenantID {
			t.Errorf("the deployment given with the platform: %+v, %v", d, found)
		}
		if _, found := find("2"); found {
			t.Error("a deployment that nobody made was found")
		}
		want := classroom.Deployment{
			ID: storagetest.ID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: "2",
			State: classroom.DeploymentPending, CreatedAt: storagetest.Now(),
		}
		must(t, db.Tx(t.Context(), func(tx classroom.Tx) error { return tx.CreateDeployment(t.Context(), want) }))
		if d, found := find("2"); !found || d != want {
			t.Errorf("FindDeployment = %+v, %v", d, found)
		}
		want.State = classroom.DeploymentActive
		must(t, db.SaveDeployment(t.Context(), want))
		if d, _ := find("2"); d != want {
			t.Errorf("FindDeployment = %+v", d)
		}
		if all := got[[]classroom.Deployment](t)(db.Deployments(t.Context(), p.ID)); len(all) != 2 {
			t.Errorf("Deployments = %+v", all)
		}
		want.ID = storagetest.ID()
		wantCode(t, db.CreateDeployment(t.Context(), want), classroom.Conflict)
	})
}

func TestTenantIsSaved(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		want := got[classroom.Tenant](t)(db.Tenant(t.Context(), classroom.DefaultTenant))
		want.Name, want.Locale, want.TimeZone, want.ChatGuests = "Gymnasium", "de", "Europe/Vienna", classroom.GuestsRefused
		want.NamesInPosts, want.MatchEmail = true, false
		must(t, db.SaveTenant(t.Context(), want))
		diff(t, want, got[classroom.Tenant](t)(db.Tenant(t.Context(), want.ID)))
		_, err := db.Tenant(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

// What a command changes beside a running server is seen within a second.
func TestChangesOfAnotherProcessAreSeen(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		command := storagetest.Open(t, c)
		now := time.Now()
		c.Now = func() time.Time { return now }
		server := storagetest.Open(t, c)

		p := storagetest.Platform(t, command)
		seen := func() bool {
			_, found, err := server.FindPlatform(t.Context(), p.ID)
			must(t, err)
			return found
		}
		if !seen() {
			t.Fatal("the new platform is not seen at once")
		}
		must(t, command.DisablePlatform(t.Context(), p.TenantID, p.ID))
		if !seen() {
			t.Error("nothing is remembered: each launch asks the database")
		}
		now = now.Add(time.Second)
		if seen() {
			t.Error("the disabled platform is seen after a second")
		}
	})
}

// Strangers ask for issuers that are not there: what is there stays remembered,
// and one that is registered now is found at once.
func TestUnknownIssuersAreNotRemembered(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		command := storagetest.Open(t, c)
		now := time.Now()
		c.Now = func() time.Time { return now }
		server := storagetest.Open(t, c)
		find := func(issuer, client string) int {
			return len(got[[]lti.Platform](t)(server.FindPlatforms(t.Context(), issuer, client)))
		}
		first := storagetest.Platform(t, command)
		if find(first.Issuer, first.ClientID) != 1 || find(first.Issuer, "another") != 0 {
			t.Fatal("the registration is not found, or found by another client")
		}
		second := first
		second.ID, second.ClientID = storagetest.ID(), "another"
		must(t, command.CreatePlatform(t.Context(), second, nil))
		if find(first.Issuer, "another") != 1 {
			t.Error("that there was none is remembered")
		}
		must(t, command.DisablePlatform(t.Context(), first.TenantID, first.ID))
		for i := range 1100 {
			find("https://nobody.example/"+strconv.Itoa(i), "")
		}
		if find(first.Issuer, first.ClientID) != 1 {
			t.Error("asking for what is not there made the store forget what is")
		}
	})
}

func TestRememberingIsSafeForMany(t *testing.T) {
	db := storagetest.New(t)
	p := storagetest.Platform(t, db)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				if i == 0 {
					if err := db.SavePlatform(t.Context(), p); err != nil {
						t.Error(err)
					}
				}
				if _, _, err := db.FindDeployment(t.Context(), p.ID, "1"); err != nil {
					t.Error(err)
				}
				if _, err := db.Servers(t.Context(), p.TenantID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
