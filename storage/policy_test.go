package storage_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

func TestPolicies(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		want := p
		want.Starters, want.ChatGuests, want.NamesInPosts = classroom.StartCourse, classroom.GuestsRefused, classroom.NamesHidden
		want.RecordNotice, want.Pilot, want.Channels, want.Record = "We keep it for a year.", []string{"BIO-1", "it's"}, classroom.ChannelNever, false
		want.Roles = classroom.RolePolicy{Switches: map[classroom.RoleSwitch]bool{classroom.Graders: true}}
		changed := want
		changed.Name, changed.Issuer, changed.Disabled = "Other", "https://evil.example", true // no policies
		must(t, db.SavePolicies(t.Context(), changed))
		got, err := db.Platform(t.Context(), p.ID)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("policies (-want +got):\n%s", diff)
		}
		changed.TenantID = otherTenant(t, db).ID
		if err := db.SavePolicies(t.Context(), changed); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("another tenant changes them: %v", err)
		}
		want.Pilot = nil
		must(t, db.SavePolicies(t.Context(), want))
		if got, err := db.Platform(t.Context(), p.ID); err != nil || len(got.Pilot) != 0 {
			t.Errorf("no course is named, and %q take part: %v", got.Pilot, err)
		}
	})
}

func TestStandings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		course := storagetest.Course(t, db, p)
		for _, name := range []string{"Ada 100%", "Bob"} {
			who := storagetest.Person(t, db, p, name)
			must(t, db.CreateEnrolment(t.Context(), classroom.Enrolment{
				ID: storagetest.ID(), TenantID: p.TenantID, CourseID: course.ID, PersonID: who.ID,
				Why: "course_grader", RoleName: "Grader", Counted: true, CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
			}))
		}
		counts, err := db.Standings(t.Context(), p.TenantID, p.ID)
		must(t, err)
		if diff := cmp.Diff([]classroom.StandingCount{{Why: "course_grader", RoleName: "Grader", People: 2}}, counts); diff != "" {
			t.Errorf("standings (-want +got):\n%s", diff)
		}
		found, err := db.EnrolmentsNamed(t.Context(), p.TenantID, p.ID, "0%", 5)
		must(t, err)
		want := []classroom.NamedEnrolment{{Name: "Ada 100%", Course: course.Title, Why: "course_grader", RoleName: "Grader", Counted: true}}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("by name (-want +got):\n%s", diff)
		}
		other := otherTenant(t, db).ID
		counts, err = db.Standings(t.Context(), other, p.ID)
		must(t, err)
		found, err = db.EnrolmentsNamed(t.Context(), other, p.ID, "Ada", 5)
		must(t, err)
		if len(counts)+len(found) > 0 {
			t.Errorf("another tenant reads %v and %v", counts, found)
		}
	})
}

func TestPhrases(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		if p, found, err := db.FindPhrases(t.Context(), classroom.DefaultTenant); err != nil || found {
			t.Fatalf("%+v, %v, %v", p, found, err)
		}
		for _, text := range []string{"Welcome.", ""} {
			want := classroom.Phrases{TenantID: classroom.DefaultTenant, Started: text, Recorded: "Enjoy {course}.", UpdatedAt: storagetest.Now()}
			must(t, db.SavePhrases(t.Context(), want))
			got, _, err := db.FindPhrases(t.Context(), classroom.DefaultTenant)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("phrases (-want +got):\n%s", diff)
			}
		}
		if _, found, err := db.FindPhrases(t.Context(), otherTenant(t, db).ID); err != nil || found {
			t.Errorf("another tenant has them: %v", err)
		}
	})
}
