package web

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// happened is what the timeline of the person with that subject says.
func (w *world) happened(subject string, kind classroom.HappeningKind) []classroom.Happening {
	w.Helper()
	people, err := w.db.SearchPeople(w.Context(), classroom.DefaultTenant, subject, 1)
	w.must(err)
	v, err := w.room.ViewPerson(w.Context(), classroom.DefaultTenant, people[0].Person.ID, time.Time{})
	w.must(err)
	var some []classroom.Happening
	for _, h := range v.Happenings {
		if h.Kind == kind {
			some = append(some, h)
		}
	}
	return some
}

// Whoever clicks Start while BigBlueButton refuses reads a reference, which the
// helpdesk finds with BigBlueButton's own word.
func TestRefusedStartIsFound(t *testing.T) {
	w := newWorld(t)
	w.bbbRow.Secrets = []string{"a wrong secret"}
	w.must(w.db.SaveServer(w.Context(), w.bbbRow))
	b := w.browser()
	page, _ := b.enter("teacher", "room-1")
	answer := b.submit(page, "form.start")
	tries := w.happened("teacher", classroom.HappenedTry)
	if len(tries) != 1 || tries[0].Act != classroom.TryStart || tries[0].Key != "checksumError" || tries[0].Reference == "" {
		t.Fatalf("tries: %+v; the page: %s", tries, answer.body)
	}
	if !strings.Contains(answer.body, tries[0].Reference) {
		t.Errorf("the page does not say %s: %s", tries[0].Reference, answer.body)
	}
	u := w.signIn(classroom.DefaultTenant, admin.Helpdesk)
	says(t, u.page(pathFind+"?search="+url.QueryEscape(tries[0].Reference)), "checksumError", "Did not get into")
}

// A log that cannot be written keeps nobody out.
func TestJoinsDoNotDependOnTheirLog(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, _ := b.enter("teacher", "room-1")
	w.room.Store = forgetful{w.db}
	if answer := b.submit(page, "form.start"); answer.status >= 400 {
		t.Errorf("%d: %s", answer.status, answer.body)
	}
}

// forgetful is a store that keeps no tries.
type forgetful struct{ classroom.Store }

func (forgetful) CreateJoinTry(context.Context, classroom.JoinTry) error {
	return context.DeadlineExceeded
}
