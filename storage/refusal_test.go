package storage_test

import (
	"fmt"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestRefusals(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		keep := func(tenant, platform, subject string, age time.Duration) classroom.Refusal {
			r := classroom.Refusal{
				ID: storagetest.ID(), TenantID: tenant, PlatformID: platform, Reference: fmt.Sprint("ref-", age), Reason: "signature", Subject: subject,
				Detail: "why", Address: "192.0.2.1", CreatedAt: now.Add(-age),
			}
			must(t, db.CreateRefusal(t.Context(), r))
			return r
		}
		other := otherTenant(t, db).ID
		a, b, c := keep(classroom.DefaultTenant, "p", "s", time.Hour), keep(classroom.DefaultTenant, "q", "", 2*time.Hour), keep(other, "p", "s", 3*time.Hour)
		for _, test := range []struct {
			filter classroom.RefusalFilter
			want   []classroom.Refusal
		}{
			{classroom.RefusalFilter{}, []classroom.Refusal{a, b}},
			{classroom.RefusalFilter{Limit: 1}, []classroom.Refusal{a}},
			{classroom.RefusalFilter{PlatformID: "q"}, []classroom.Refusal{b}},
			{classroom.RefusalFilter{Subject: "s"}, []classroom.Refusal{a}},
			{classroom.RefusalFilter{Before: a.ID}, []classroom.Refusal{b}},
			{classroom.RefusalFilter{Before: c.ID}, []classroom.Refusal{}}, // another tenant's
			{classroom.RefusalFilter{Reference: b.Reference}, []classroom.Refusal{b}},
			{classroom.RefusalFilter{Reference: c.Reference}, []classroom.Refusal{}},
		} {
			diff(t, test.want, got[[]classroom.Refusal](t)(db.Refusals(t.Context(), classroom.DefaultTenant, test.filter)))
		}
		if _, found, err := db.FindRefusal(t.Context(), classroom.DefaultTenant, c.Reference); err != nil || found {
			t.Errorf("another tenant's refusal is found: %v", err)
		}
		twins := []classroom.Refusal{keep(other, "p", "t", 4*time.Hour), keep(other, "p", "t", 4*time.Hour)}
		latest := got[[]classroom.Refusal](t)(db.Refusals(t.Context(), other, classroom.RefusalFilter{Subject: "t", Limit: 1}))
		rest := got[[]classroom.Refusal](t)(db.Refusals(t.Context(), other, classroom.RefusalFilter{Subject: "t", Before: latest[0].ID}))
		diff(t, []classroom.Refusal{twins[1], twins[0]}, append(latest, rest...))
		must(t, db.ForgetRefusals(t.Context(), now.Add(-90*time.Minute)))
		diff(t, []classroom.Refusal{a}, got[[]classroom.Refusal](t)(db.Refusals(t.Context(), classroom.DefaultTenant, classroom.RefusalFilter{})))
		diff(t, []classroom.Refusal{}, got[[]classroom.Refusal](t)(db.Refusals(t.Context(), other, classroom.RefusalFilter{})))
	})
}
