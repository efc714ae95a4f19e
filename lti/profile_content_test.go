package lti_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// answer posts what was chosen to where the launch says, as the browser does.
func (c *campus) answer(t testing.TB, l *lti.Launch, change func(*lti.DeepLinkingResponse)) (status int, body string) {
	t.Helper()
	r := lti.DeepLinkingResponse{Platform: l.Platform, DeploymentID: l.DeploymentID, Data: l.DeepLinking.Data, Items: []lti.ContentItem{{
		Title: "Picked room", Text: "Chosen", Custom: map[string]string{"room": "room-7"},
		LineItem: &lti.ContentLineItem{Label: "Attendance", ResourceID: "room-7", Tag: "attendance", ScoreMaximum: 100},
	}}}
	if change != nil {
		change(&r)
	}
	token, err := c.tool.SignDeepLinking(c.key, r)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.browser.Post(t.Context(), l.DeepLinking.ReturnURL, url.Values{"JWT": {token}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(data)
}

// A room is chosen, the LMS makes a link and a line item of it, and the link brings
// the room back.
func TestProfileDeepLinking(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		if profile.DeepLinking == nil {
			if _, err := c.browser.DeepLink(t.Context(), c.lmsURL, "teacher", "algebra"); err == nil {
				t.Error("content can be chosen")
			}
			return
		}
		l := c.chooses(t, "teacher", "algebra")
		if l.MessageType != lti.DeepLinkingRequest || l.DeepLinking.AcceptMultiple == profile.DeepLinking.Single || l.ResourceLink.ID != "" {
			t.Errorf("%s, %+v", l.MessageType, l.DeepLinking)
		}
		if status, body := c.answer(t, l, nil); status != http.StatusOK {
			t.Fatalf("status %d: %s", status, body)
		}
		picked := c.lms.Picked("algebra")
		if len(picked) != 1 || picked[0].Title != "Picked room" || picked[0].LineItem == nil || picked[0].LineItem.ResourceID != "room-7" {
			t.Fatalf("links: %+v", picked)
		}
		again := c.launches(t, "learner-00001", picked[0].ID)
		if again.Custom["room"] != "room-7" || again.ResourceLink.ID != c.lms.LinkID(picked[0].ID) || again.AGS.LineItem == "" {
			t.Errorf("custom %v, link %q, grades %+v", again.Custom, again.ResourceLink.ID, again.AGS)
		}
		if status, _ := c.answer(t, l, nil); status == http.StatusOK {
			t.Error("the answer can be sent twice")
		}
	})
}

// Nothing chosen is an answer too; several things are for LMSs that take several.
func TestProfileDeepLinkingNumbers(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		if profile.DeepLinking == nil {
			return
		}
		c := newCampus(t, profile, nil)
		for n, want := range map[int]bool{0: true, 2: !profile.DeepLinking.Single} {
			before := len(c.lms.Picked("algebra"))
			status, body := c.answer(t, c.chooses(t, "teacher", "algebra"), func(r *lti.DeepLinkingResponse) {
				r.Items = nil
				for range n {
					r.Items = append(r.Items, lti.ContentItem{Title: "Room"})
				}
			})
			made := len(c.lms.Picked("algebra")) - before
			if (status == http.StatusOK) != want || want && made != n || !want && made != 0 {
				t.Errorf("%d items: status %d, %d made: %s", n, status, made, body)
			}
		}
	})
}

// What the stand-in refuses, LMSs refuse: it can tell a wrong answer.
func TestProfileDeepLinkingRefusals(t *testing.T) {
	other := "other"
	tests := map[string]func(*lti.DeepLinkingResponse){
		"another tool":       func(r *lti.DeepLinkingResponse) { r.Platform.ClientID = other },
		"another LMS":        func(r *lti.DeepLinkingResponse) { r.Platform.Issuer = other },
		"another deployment": func(r *lti.DeepLinkingResponse) { r.DeploymentID = other },
		"data changed":       func(r *lti.DeepLinkingResponse) { r.Data = &other },
		"data lost":          func(r *lti.DeepLinkingResponse) { r.Data = nil },
		"a link elsewhere":   func(r *lti.DeepLinkingResponse) { r.Items[0].URL = "https://elsewhere.example/" },
	}
	c := newCampus(t, ltitest.Reference(), nil)
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			if status, body := c.answer(t, c.chooses(t, "teacher", "algebra"), change); status != http.StatusBadRequest {
				t.Errorf("status %d: %s", status, body)
			}
		})
	}
	if picked := c.lms.Picked("algebra"); len(picked) != 0 {
		t.Errorf("links: %+v", picked)
	}
}

// A notice is asked for, arrives and is verified; a course is copied and the copy
// told of, with ids of its own and where it comes from.
func TestProfileNotices(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		l := c.launches(t, "teacher", "plain")
		if len(profile.Notices) == 0 {
			if l.Notices != nil {
				t.Errorf("notices are offered: %+v", l.Notices)
			}
			return
		}
		handler := c.tool.URL + "/lti/notices"
		for _, kind := range []string{lti.HelloWorldNotice, lti.ContextCopyNotice, lti.ContextCopyNotice} {
			if err := c.services.HandleNotices(t.Context(), l.Access(), l.Notices.URL, kind, handler); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.lms.Notify(t.Context(), lti.HelloWorldNotice, c.lms.Notice(lti.HelloWorldNotice, "", nil)); err != nil {
			t.Fatalf("%v: %v", err, c.refused)
		}
		made, err := c.lms.Copy(t.Context(), "algebra")
		if err != nil {
			t.Fatalf("%v: %v", err, c.refused)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.notices) != 2 || c.notices[0].Type != lti.HelloWorldNotice {
			t.Fatalf("notices: %+v", c.notices)
		}
		copied := c.notices[1]
		if copied.Context.ID != c.lms.ContextID(made.ID) || len(copied.OriginContexts) != 1 || copied.OriginContexts[0] != c.lms.ContextID("algebra") {
			t.Errorf("%+v of %v", copied.Context, copied.OriginContexts)
		}
	})
}

// A copied course has links with ids of their own, which lead to where the old
// ones did.
func TestProfileCopies(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		made, err := c.lms.Copy(t.Context(), "algebra")
		if err != nil {
			t.Fatal(err)
		}
		links := c.lms.LinksOf(made.ID)
		if len(links) != len(places()) {
			t.Fatalf("links: %+v", links)
		}
		l := c.launches(t, "teacher", links[1].ID)
		if old := c.lms.LinkID("plain"); l.ResourceLink.ID == old {
			t.Errorf("link %q is that of the old course", old)
		}
		if l.Context != nil && l.Context.ID == c.lms.ContextID("algebra") {
			t.Errorf("context %q is the old one", l.Context.ID)
		}
		if got, sent := l.Custom[lti.CustomContextHistory]; sent && got != url.QueryEscape(c.lms.ContextID("algebra")) {
			t.Errorf("courses before: %q", got)
		}
		want := url.QueryEscape(c.lms.LinkID("plain")) + "," + url.QueryEscape(c.lms.LinkID("older link"))
		if got, sent := l.Custom[lti.CustomLinkHistory]; sent && got != want {
			t.Errorf("links before: %q, want %q", got, want)
		}
		if strings.HasPrefix(l.Custom[lti.CustomContextHistory], "$") {
			t.Error("a variable is taken for its value")
		}
	})
}
