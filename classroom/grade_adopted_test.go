package classroom_test

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestPeopleOfTheEarlierRegistrationAreNeverGraded(t *testing.T) {
	storagetest.Each(t, peopleOfTheEarlierRegistration)
}

// Number 5 of the old LMS is somebody else in the new one.
func peopleOfTheEarlierRegistration(t *testing.T, db *storage.DB) {
	m := newMovedOn(t, db)
	m.again.Issuer = "https://other.example"
	must(t, db.SavePlatform(t.Context(), m.again))
	graded := func(l *lti.Launch) { l.AGS = &lti.AGS{LineItems: "https://new.example/items"} }
	old, five := m.comes(m.platform, "terry", teacher, nil), m.comes(m.platform, "5", learner, nil)
	m.holds(old, 20, stays{five: 20})
	m.wait(time.Hour)
	m.comes(m.again, "terry", teacher, graded)
	other := m.comes(m.again, "5", learner, func(l *lti.Launch) { l.Name, l.Email = "Else", "else@x.example" })
	_, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)

	now := m.comes(m.again, "terry", teacher, graded)
	must(t, m.ChangeSettings(t.Context(), now, classroom.RoomSettings{Graded: true}))
	now, err = m.Access(t.Context(), now.Launch.ID, now.Room.ID)
	must(t, err)
	v, err := m.ViewGrades(t.Context(), now)
	must(t, err)
	if len(v.Rows) != 1 || v.Rows[0].Person.ID != other.Person.ID {
		t.Errorf("graded: %+v", v.Rows)
	}
	if len(v.Elsewhere) != 1 || v.Elsewhere[0].Person.ID != five.Person.ID {
		t.Errorf("not graded: %+v", v.Elsewhere)
	}
	if err := m.CorrectGrade(t.Context(), now, classroom.Correction{PersonID: five.Person.ID, Percent: new(50.0)}); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("somebody of the earlier registration is corrected: %v", err)
	}
	must(t, m.CorrectGrade(t.Context(), now, classroom.Correction{PersonID: other.Person.ID, Percent: new(50.0)}))
}
