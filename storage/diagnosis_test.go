package storage_test

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestDiagnoses(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		other := otherTenant(t, db).ID
		wantReport := func(tenant, want string) {
			t.Helper()
			report, found, err := db.FindDiagnosis(t.Context(), tenant)
			must(t, err)
			if report != want || found != (want != "") {
				t.Errorf("the report of %s is %q, %t; want %q", tenant, report, found, want)
			}
		}
		wantReport(classroom.DefaultTenant, "")
		must(t, db.SaveDiagnosis(t.Context(), classroom.DefaultTenant, "first", storagetest.Now()))
		must(t, db.SaveDiagnosis(t.Context(), other, "theirs", storagetest.Now()))
		must(t, db.SaveDiagnosis(t.Context(), classroom.DefaultTenant, "second", storagetest.Now()))
		wantReport(classroom.DefaultTenant, "second")
		wantReport(other, "theirs")
	})
}

func TestConsumed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		for _, want := range []bool{false, true} {
			used, err := db.Consumed(t.Context(), "token")
			must(t, err)
			if used != want {
				t.Errorf("used: %t, want %t", used, want)
			}
			if !used {
				must(t, db.Consume(t.Context(), "token", storagetest.Now().Add(time.Minute)))
			}
		}
	})
}
