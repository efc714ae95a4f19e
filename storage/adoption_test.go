package storage_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestAlterationsAreDoneOnceAndUndone(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		from, to := storagetest.Platform(t, db), storagetest.Platform(t, db)
		c := storagetest.Course(t, db, from)
		a := classroom.Adoption{
			ID: storagetest.ID(), TenantID: from.TenantID, FromPlatformID: from.ID, ToPlatformID: to.ID, ToDeploymentID: "1", CreatedAt: storagetest.Now(),
		}
		must(t, db.CreateAdoption(t.Context(), a))
		moved := classroom.Alteration{
			ID: storagetest.ID(), TenantID: a.TenantID, AdoptionID: a.ID, Noun: classroom.AdoptedCourse, RowKey: c.ID,
			CourseID: c.ID, Field: classroom.FieldRegistration, Was: from.ID + "/1", Became: to.ID + "/1",
		}
		for _, want := range []bool{true, false} { // what was is gone after the first
			if done, err := db.Alter(t.Context(), moved); err != nil || done != want {
				t.Errorf("altered: %v %v, want %v", done, err, want)
			}
		}
		other := otherTenant(t, db)
		foreign := moved
		foreign.ID, foreign.TenantID, foreign.Was, foreign.Became = storagetest.ID(), other.ID, moved.Became, moved.Was
		if done, err := db.Alter(t.Context(), foreign); done || err != nil {
			t.Errorf("another tenant's row was altered: %v %v", done, err)
		}
		wild := moved
		wild.ID, wild.Field = storagetest.ID(), "tenant_id"
		if _, err := db.Alter(t.Context(), wild); err == nil {
			t.Error("a field was altered that adoptions have nothing to do with")
		}
		kept, err := db.Alterations(t.Context(), a.ID)
		must(t, err)
		diff(t, []classroom.Alteration{moved}, kept)
		for _, want := range []bool{true, false} {
			if done, err := db.Unalter(t.Context(), moved); err != nil || done != want {
				t.Errorf("unaltered: %v %v, want %v", done, err, want)
			}
		}
		got, err := db.Course(t.Context(), c.ID)
		must(t, err)
		diff(t, c, got)
	})
}

func TestFindLookAlike(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		from, to := storagetest.Platform(t, db), storagetest.Platform(t, db)
		old := storagetest.Course(t, db, from)
		renewed := old
		renewed.ID, renewed.PlatformID = storagetest.ID(), to.ID
		for name, test := range map[string]struct {
			change func(*classroom.Course)
			found  bool
		}{
			"same names":       {func(*classroom.Course) {}, true},
			"same title":       {func(c *classroom.Course) { c.Label = "" }, true},
			"other names":      {func(c *classroom.Course) { c.Title, c.Label = "Chemistry", "CHE" }, false},
			"no names":         {func(c *classroom.Course) { c.Title, c.Label = "", "" }, false},
			"other id":         {func(c *classroom.Course) { c.ContextID = "99" }, false},
			"itself":           {func(c *classroom.Course) { *c = old }, false},
			"other deployment": {func(c *classroom.Course) { *c = old; c.DeploymentID = "2" }, true},
		} {
			c := renewed
			test.change(&c)
			id, found, err := db.FindLookAlike(t.Context(), c)
			must(t, err)
			if found != test.found || found && id != old.ID {
				t.Errorf("%s: found %v %s", name, found, id)
			}
		}
	})
}

// Whoever clicks an old link makes a course where the moved one was. It makes room
// unless a class was held in it.
func TestNewcomersMakeRoom(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		to := storagetest.Platform(t, db)
		c := s.course
		moved := classroom.Alteration{
			TenantID: c.TenantID, Noun: classroom.AdoptedCourse, RowKey: c.ID, CourseID: c.ID,
			Field: classroom.FieldRegistration, Was: c.PlatformID + "/" + c.DeploymentID, Became: to.ID + "/1",
		}
		place := func() bool {
			done, err := db.Unalter(t.Context(), moved)
			must(t, err)
			return done
		}
		a := classroom.Adoption{ID: storagetest.ID(), TenantID: c.TenantID, FromPlatformID: c.PlatformID, ToPlatformID: to.ID, ToDeploymentID: "1", CreatedAt: storagetest.Now()}
		must(t, db.CreateAdoption(t.Context(), a))
		for _, held := range []bool{false, true} { // a class, in the newcomer
			moved.ID, moved.AdoptionID = storagetest.ID(), a.ID
			if done, err := db.Alter(t.Context(), moved); err != nil || !done {
				t.Fatal(done, err)
			}
			newcomer := c
			newcomer.ID = storagetest.ID()
			must(t, db.CreateCourse(t.Context(), newcomer))
			if held {
				storagetest.Meeting(t, db, storagetest.Room(t, db, newcomer), s.server, s.teacher)
			}
			if place() {
				t.Errorf("held %v: two courses have one place", held)
			}
			must(t, db.RetireNewcomer(t.Context(), moved))
			if place() == held {
				t.Errorf("held %v: moved back: %v", held, !held)
			}
		}
	})
}
