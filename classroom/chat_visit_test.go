package classroom_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/classroom"
)

const chatAccount = "account-1"

func (w *world) plans(wish classroom.ChatWish) classroom.ChatVisit {
	w.t.Helper()
	v, err := w.PlanChat(w.t.Context(), classroom.DefaultTenant, chatAccount, classroom.ChatLogin{Name: "root", Password: "right"}, wish)
	must(w.t, err)
	return v
}

func connecting() classroom.ChatWish {
	return classroom.ChatWish{Purpose: classroom.ChatConnects, URL: "https://new.example", Team: "staff"}
}

func (w *world) connection() classroom.ChatConnection {
	w.t.Helper()
	c, _, err := w.db.FindChatConnection(w.t.Context(), classroom.DefaultTenant)
	must(w.t, err)
	return c
}

func TestNothingChangesBeforeTheConfirmation(t *testing.T) {
	w := newWorld(t)
	v := w.plans(connecting())
	if c := w.connection(); c.URL != "https://chat.example" || w.server.carried != 0 || w.server.sessions() != 1 {
		t.Fatalf("after the plan: %+v, %d changes, %d sessions", c, w.server.carried, w.server.sessions())
	}
	v, err := w.ApplyChat(t.Context(), classroom.DefaultTenant, chatAccount, v.ID, []string{"limit"})
	must(t, err)
	if c := w.connection(); c.URL != "https://new.example" || c.Token != "new-token" || v.State != classroom.ChatVisitDone {
		t.Errorf("after the confirmation: %+v, %s", c, v.State)
	}
	if len(w.server.agreed) != 1 || w.server.sessions() != 0 {
		t.Errorf("agreed to %q, %d sessions are left", w.server.agreed, w.server.sessions())
	}
	kept, err := w.ChatVisit(t.Context(), classroom.DefaultTenant, chatAccount, v.ID)
	must(t, err)
	if kept.Session.Token != "" || kept.Report.Done[0] != "done" {
		t.Errorf("kept: %+v", kept)
	}
}

func TestAPlanIsConfirmedOnce(t *testing.T) {
	w := newWorld(t)
	v := w.plans(connecting())
	var done, late atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch _, err := w.ApplyChat(t.Context(), classroom.DefaultTenant, chatAccount, v.ID, nil); {
			case err == nil:
				done.Add(1)
			case classroom.Is(err, classroom.Conflict):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || late.Load() != 7 || w.server.carried != 1 {
		t.Errorf("%d were done, %d too late, %d carried out", done.Load(), late.Load(), w.server.carried)
	}
}

// An admin's session ends whatever becomes of what it was opened for.
func TestChatSessionsEnd(t *testing.T) {
	away := errors.New("away")
	tests := map[string]func(*world, classroom.ChatVisit){
		"left": func(w *world, v classroom.ChatVisit) {
			must(w.t, w.LeaveChat(w.t.Context(), classroom.DefaultTenant, chatAccount, v.ID))
		},
		"begun anew, and that left": func(w *world, _ classroom.ChatVisit) {
			must(w.t, w.LeaveChat(w.t.Context(), classroom.DefaultTenant, chatAccount, w.plans(connecting()).ID))
		},
		"abandoned": func(w *world, v classroom.ChatVisit) {
			w.wait(10 * time.Minute)
			_, err := w.Do(w.t.Context(), classroom.EndChatVisit{VisitID: v.ID})
			must(w.t, err)
		},
		"the chat was away": func(w *world, v classroom.ChatVisit) {
			w.server.away = away
			_, err := w.ApplyChat(w.t.Context(), classroom.DefaultTenant, chatAccount, v.ID, nil)
			if !errors.Is(err, away) {
				w.t.Errorf("the change = %v", err)
			}
			if _, err := w.Do(w.t.Context(), classroom.EndChatVisit{VisitID: v.ID}); !errors.Is(err, away) {
				w.t.Errorf("while it is away: %v", err)
			}
			w.server.away = nil
			_, err = w.Do(w.t.Context(), classroom.EndChatVisit{VisitID: v.ID})
			must(w.t, err)
		},
		"its process died": func(w *world, v classroom.ChatVisit) {
			must(w.t, w.db.TurnChatVisit(w.t.Context(), v.ID, classroom.ChatVisitPlanned, classroom.ChatVisitWorking, w.clock()))
			again, err := w.Do(w.t.Context(), classroom.EndChatVisit{VisitID: v.ID})
			must(w.t, err)
			if again.Again == 0 || w.server.sessions() != 1 {
				w.t.Error("a change that is being made was cut off")
			}
			w.wait(6 * time.Minute)
			_, err = w.Do(w.t.Context(), classroom.EndChatVisit{VisitID: v.ID})
			must(w.t, err)
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v := w.plans(connecting())
			end(w, v)
			if n := w.server.sessions(); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
			kept, err := w.ChatVisit(t.Context(), classroom.DefaultTenant, chatAccount, v.ID)
			must(t, err)
			if kept.Session.Token != "" || kept.State == classroom.ChatVisitPlanned {
				t.Errorf("kept: %+v", kept)
			}
			if _, err := w.ApplyChat(t.Context(), classroom.DefaultTenant, chatAccount, v.ID, nil); !classroom.Is(err, classroom.Conflict) {
				t.Errorf("confirmed afterwards: %v", err)
			}
		})
	}
}

func TestAFailedPlanLeavesNoSession(t *testing.T) {
	w := newWorld(t)
	wish := connecting()
	wish.Team = "none"
	if _, err := w.PlanChat(t.Context(), classroom.DefaultTenant, chatAccount, classroom.ChatLogin{Name: "root", Password: "right"}, wish); err == nil || w.server.sessions() != 0 {
		t.Errorf("%v, %d sessions are left", err, w.server.sessions())
	}
}

// A token that was given is its owner's: it is forgotten, not revoked.
func TestAnAdminsOwnTokenIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	v, err := w.PlanChat(t.Context(), classroom.DefaultTenant, chatAccount, classroom.ChatLogin{Token: "pat"}, connecting())
	must(t, err)
	_, err = w.ApplyChat(t.Context(), classroom.DefaultTenant, chatAccount, v.ID, nil)
	must(t, err)
	kept, err := w.ChatVisit(t.Context(), classroom.DefaultTenant, chatAccount, v.ID)
	must(t, err)
	if w.server.sessions() != 1 || kept.Session.Token != "" {
		t.Errorf("%d sessions, kept %+v", w.server.sessions(), kept.Session)
	}
}

func TestAVisitIsItsAccounts(t *testing.T) {
	w := newWorld(t)
	v := w.plans(connecting())
	for _, who := range [][2]string{{classroom.DefaultTenant, "another"}, {"another", chatAccount}} {
		if _, err := w.ApplyChat(t.Context(), who[0], who[1], v.ID, nil); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("%q confirms: %v", who, err)
		}
		if err := w.LeaveChat(t.Context(), who[0], who[1], v.ID); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("%q leaves: %v", who, err)
		}
	}
	w.wait(10 * time.Minute)
	if _, err := w.ApplyChat(t.Context(), classroom.DefaultTenant, chatAccount, v.ID, nil); !classroom.Is(err, classroom.Conflict) || w.server.carried != 0 {
		t.Errorf("confirmed too late: %v", err)
	}
}
