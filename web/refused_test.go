package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func (w *world) refusals(tenant string) []classroom.Refusal {
	w.Helper()
	kept, err := w.db.Refusals(w.Context(), tenant, classroom.RefusalFilter{Limit: 100})
	w.must(err)
	return kept
}

func TestRefusalsAreKept(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.get("/lti/login?" + url.Values{"iss": {"https://stranger.example"}, "login_hint": {"x"}, "client_id": {"c"}, "target_link_uri": {w.url + "/lti/launch"}}.Encode())
	kept := w.refusals(classroom.DefaultTenant)
	if len(kept) != 1 {
		t.Fatalf("%d refusals are kept, want 1", len(kept))
	}
	r := kept[0]
	if r.Reason != "platform_unknown" || r.Issuer != "https://stranger.example" || r.ClientID != "c" || r.PlatformID != "" || r.Subject != "" {
		t.Errorf("kept %+v", r)
	}
	if r.Reference == "" || !strings.Contains(page.body, r.Reference) || len(w.log.with(r.Reference)) != 1 {
		t.Errorf("the reference %q is not that of the page and the log", r.Reference)
	}
	found, ok, err := w.db.FindRefusal(t.Context(), classroom.DefaultTenant, r.Reference)
	w.must(err)
	if !ok || found.ID != r.ID {
		t.Error("it is not found by its reference")
	}

	w.platform.RequireName = true
	w.must(w.db.SavePlatform(t.Context(), w.platform))
	w.clock.forward(time.Second)
	w.lms.Alter = func(claims map[string]any) {
		for _, name := range []string{"name", "given_name", "family_name"} {
			delete(claims, name)
		}
	}
	b.launch("learner", "room-1")
	r = w.refusals(classroom.DefaultTenant)[0]
	if r.Reason != "name_withheld" || r.PlatformID != w.platform.ID || r.Subject != "learner" || r.ContextID != "algebra" || r.LinkID != "room-1" {
		t.Errorf("a launch with a good signature is kept as %+v", r)
	}
	for _, kept := range w.refusals(classroom.DefaultTenant) {
		if strings.Contains(kept.Detail, "eyJ") {
			t.Errorf("a token is kept: %s", kept.Detail)
		}
	}

	w.clock.forward(31 * 24 * time.Hour)
	_, err = w.room.Do(t.Context(), classroom.Sweep{})
	w.must(err)
	if kept := w.refusals(classroom.DefaultTenant); len(kept) != 0 {
		t.Errorf("%d refusals are kept for ever", len(kept))
	}
}

// A flood is not written down.
func TestAFloodIsNotKept(t *testing.T) {
	w := newWorld(t)
	w.clock.stop()
	for range keptBurst + 50 {
		w.server.refusals = newBudget(w.clock.Now)
		w.browser().get("/lti/login?iss=x")
	}
	if kept, err := w.db.Refusals(t.Context(), classroom.DefaultTenant, classroom.RefusalFilter{}); err != nil || len(kept) > keptBurst {
		t.Errorf("%d are kept: %v", len(kept), err)
	}
}
