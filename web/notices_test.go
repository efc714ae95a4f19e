package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage/storagetest"
)

const claimPrefix = "https://purl.imsglobal.org/spec/lti/claim/"

// copied is a notice that the course was made of another.
func (w *world) copied(course string, more map[string]any) string {
	claims := map[string]any{claimPrefix + "origin_contexts": []string{"algebra"}}
	maps.Copy(claims, more)
	return w.lms.Notice(lti.ContextCopyNotice, course, claims)
}

// deliver posts tokens as a platform does.
func (w *world) deliver(tokens ...string) *answer {
	w.Helper()
	notices := []map[string]string{}
	for _, token := range tokens {
		notices = append(notices, map[string]string{"jwt": token})
	}
	body, err := json.Marshal(map[string]any{"notices": notices})
	w.must(err)
	return w.browser().send("POST", "/lti/notices", string(body), map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"})
}

// courseNamed is the course of that context id, if it is known.
func (w *world) courseNamed(id string) *classroom.Course {
	w.Helper()
	e, err := w.db.FindEntry(w.Context(), classroom.EntryKey{PlatformID: w.platform.ID, DeploymentID: w.lms.DeploymentID, ContextID: id})
	w.must(err)
	return e.Course
}

func TestNoticesOfCopies(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("teacher", "room-1")
	origin := w.courseNamed("algebra")
	token := w.copied("biology", nil)
	w.deliver(token).want(http.StatusOK)
	if c := w.courseNamed("biology"); c == nil || c.CopiedFrom != origin.ID || c.Title != "Biology" {
		t.Fatalf("the copy is %+v", c)
	}
	if got := w.deliver(token).want(http.StatusConflict); strings.Contains(got.body, origin.ID) {
		t.Errorf("the refusal of a replay tells %s", got.body)
	}
	w.deliver(w.lms.Notice(lti.HelloWorldNotice, "algebra", nil)).want(http.StatusOK)
}

func TestNoticesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("teacher", "room-1")
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"another signer":       {ltitest.Sign(map[string]any{"alg": "RS256", "kid": "x"}, map[string]any{"iss": w.lms.Issuer, "aud": w.lms.ClientID}, nil), 401},
		"unknown issuer":       {w.copied("biology", map[string]any{"iss": "https://nobody.example"}), 400},
		"another tool's":       {w.copied("biology", map[string]any{"aud": "another"}), 400},
		"expired":              {w.copied("biology", map[string]any{"exp": w.clock.Now().Unix() - 3600, "iat": w.clock.Now().Unix() - 7200}), 401},
		"no nonce":             {w.copied("biology", map[string]any{"nonce": ""}), 401},
		"unknown deployment":   {w.copied("biology", map[string]any{claimPrefix + "deployment_id": "unheard-of"}), 403},
		"no notice":            {w.copied("biology", map[string]any{claimPrefix + "notice": nil}), 401},
		"not a token":          {"x", 401},
		"a copy without where": {w.copied("nowhere", nil), 401},
	} {
		if got := w.deliver(test.token); got.status != test.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, test.status, got.body)
		}
	}
	for name, body := range map[string]string{"no JSON": "x", "none": `{"notices":[]}`, "another form": "[]"} {
		if got := w.browser().send("POST", "/lti/notices", body, nil); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	w.browser().send("POST", "/lti/notices", strings.Repeat(" ", maxNotices+1), nil).want(http.StatusRequestEntityTooLarge)
	if w.courseNamed("biology") != nil {
		t.Error("a refused notice had an effect")
	}
	p := w.platform
	p.Pending = true
	w.must(w.db.SavePlatform(t.Context(), p))
	w.deliver(w.copied("biology", nil)).want(http.StatusForbidden)
}

func TestGoodNoticesAreKeptAmongBadOnes(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("teacher", "room-1")
	w.deliver("x", w.copied("biology", nil), w.copied("biology", map[string]any{"aud": "another"})).want(http.StatusUnauthorized)
	if w.courseNamed("biology") == nil {
		t.Error("the good notice is lost")
	}
}

// A deployment that offers it is asked once, and then tells of copies by itself.
func TestTheToolAsksForNotices(t *testing.T) {
	w := newWorld(t)
	w.signs()
	w.room.Services = &lti.Services{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Key: w.room.Keys.Signing, Now: w.clock.Now, Logger: w.room.Log}
	w.browser().enter("learner", "room-1")
	w.browser().enter("teacher", "room-2")
	asked := 0
	for _, work := range storagetest.Queued(t, w.db) {
		if strings.HasPrefix(work, "register_notices ") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	_, err := w.room.Do(t.Context(), classroom.RegisterNotices{PlatformID: w.platform.ID, DeploymentID: w.lms.DeploymentID})
	w.must(err)
	if got := w.lms.Handlers()[lti.ContextCopyNotice]; got != w.url+"/lti/notices" {
		t.Fatalf("the LMS posts to %q", got)
	}
	made, err := w.lms.Copy(t.Context(), "algebra")
	w.must(err)
	if c := w.courseNamed(made.ID); c == nil || c.CopiedFrom != w.courseNamed("algebra").ID {
		t.Errorf("the copy is %+v", c)
	}
}
