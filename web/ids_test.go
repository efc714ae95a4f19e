package web

import (
	"net/url"
	"strings"
	"testing"
)

// What is no id is refused before the database is asked, which answers a NUL with
// an error of its own: here it has none to give.
func TestIDsAreCheckedBeforeTheyAreLookedFor(t *testing.T) {
	w := newWorld(t)
	w.must(w.db.Close())
	for _, bad := range []string{
		"nothing", "%00", noThing + "%00", "%ff%fe", "{" + noThing + "}", strings.ToUpper("urn:uuid:" + noThing),
		"01990000-0000-7000-8000-00000000000A", strings.Repeat("0", 5000),
	} {
		for _, test := range []struct {
			method, path string
			status       int
		}{
			{"GET", "/rooms/" + bad, 404}, {"GET", "/rooms/" + bad + "/panel?whose=x", 404}, {"GET", "/rooms/" + bad + "/events?whose=x", 404},
			{"POST", "/rooms/" + bad + "/join", 404}, {"POST", "/rooms/" + bad + "/end", 404},
			{"POST", "/rooms/" + noThing + "/recordings/" + bad, 404},
			{"GET", "/go/" + bad, 404}, {"POST", "/go/" + bad, 404}, {"GET", "/go/" + bad + "/state", 404},
			{"GET", "/go/" + noThing + "/recordings/" + bad, 404},
			{"GET", "/bbb/ended/" + bad, 404}, {"GET", "/bbb/ended/" + bad + "." + noThing, 404},
			{"POST", "/bbb/recording/" + bad, 410},
		} {
			fields := url.Values{"whose": {"x"}, "ticket": {"x"}, "signed_parameters": {"x"}}
			form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
			if a := w.browser().send(test.method, test.path, fields.Encode(), form); a.status != test.status {
				t.Errorf("%s %.80s: %d, want %d", test.method, test.path, a.status, test.status)
			}
		}
	}
	if lines := w.log.with("room=" + strings.Repeat("0", 100)); len(lines) > 0 {
		t.Error("the log repeats what is no id")
	}
}
