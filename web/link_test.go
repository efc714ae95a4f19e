package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// wish goes from the room page to the page that names both people.
func (w *world) wish(person, chatUser string) (tab *browser, path string, page *answer) {
	w.Helper()
	frame, tab := w.browser(), w.browser()
	room, path := frame.enter(person, "room-1")
	sent := tab.submit(room, `form[action$="/connect"]`)
	tab.signIn(sent, chatUser).leads(path + "/link")
	return tab, path, tab.get(path + "/link").want(http.StatusOK)
}

func TestLink(t *testing.T) {
	w := newWorld(t)
	w.channel(w.newRoom())
	tab, path, page := w.wish("learner", "u1")
	if got := page.text(".pair dd"); got != "Lee LearnerName of u1 @u1.name" {
		t.Errorf("the page names %q", got)
	}
	a, err := w.accessOf(path, "Lee Learner")
	w.must(err)
	if _, found, _ := w.db.FindChatLink(t.Context(), a.Person.ID); found {
		t.Fatal("linked before the person agreed")
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self';") || !strings.HasSuffix(csp, "'none'") {
		t.Errorf("the page may be framed or lead elsewhere: %s", csp)
	}
	_, fields := page.form(`form[action$="/link"]`)
	tab.submit(page, `form[action$="/link"]`).want(http.StatusOK).says("link.done")
	link, found, err := w.db.FindChatLink(t.Context(), a.Person.ID)
	if err != nil || !found || link.ChatUserID != "u1" {
		t.Errorf("linked: %t with %q, %v", found, link.ChatUserID, err)
	}
	tab.get(path + "/link").want(http.StatusUnauthorized).says("error.link_expired") // the cookie is gone

	// Another browser, or another person's launch, cannot use the wish.
	w.browser().post(path+"/link", fields).want(http.StatusUnauthorized)
	other, _, page := w.wish("teacher", "u2")
	_, own := page.form(`form[action$="/link"]`)
	own.Set("wish", fields.Get("wish"))
	other.post(path+"/link", own).want(http.StatusUnauthorized).says("error.link_expired")
}

func TestLinkRefusals(t *testing.T) {
	w := newWorld(t)
	w.channel(w.newRoom())
	tab, path, page := w.wish("learner", "u1")
	_, fields := page.form(`form[action$="/link"]`)
	tab.post(path+"/link", url.Values{"wish": fields["wish"]}).want(http.StatusBadRequest)     // does not say whose
	tab.post(path+"/link", url.Values{"whose": fields["whose"]}).want(http.StatusUnauthorized) // no wish
	w.clock.forward(linkLife + time.Second)
	tab.post(path+"/link", fields).want(http.StatusUnauthorized).says("error.link_expired")

	// One account belongs to one person.
	tab, _, page = w.wish("learner", "u1")
	tab.submit(page, `form[action$="/link"]`).says("link.done")
	tab, _, page = w.wish("teacher", "u1")
	tab.submit(page, `form[action$="/link"]`).want(http.StatusConflict).says("error.chat_linked_other")
}
