package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

func TestSetup(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	if page := u.page(pathConsole); !strings.Contains(page, "0 of 4 steps") {
		t.Errorf("the overview does not say what is left:\n%s", page)
	}
	resp, page := u.do(post, pathSetup+"/bbb/check", url.Values{})
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, `data-state="ok"`) {
		t.Errorf("a BigBlueButton that works: %d\n%s", resp.StatusCode, page)
	}
	if strings.Contains(page, "bbb-secret") {
		t.Error("the page has the server's secret")
	}
	for _, step := range []string{"address", "chat", "lms"} {
		u.post(pathSetup+"/"+step+"/skip", url.Values{})
	}
	if page := u.page(pathConsole); strings.Contains(page, pathSetup+`">`) && strings.Contains(page, "of 4 steps") {
		t.Error("a set-up that is over is still asked for")
	}

	w.bbbRow.Secrets = []string{"another"}
	w.must(w.db.SaveServer(t.Context(), w.bbbRow))
	if _, page := u.do(post, pathSetup+"/bbb/check", url.Values{}); !strings.Contains(page, `data-state="failed"`) {
		t.Errorf("a wrong secret is not told:\n%s", page)
	}
	if page := u.page(pathConsole); !strings.Contains(page, "3 of 4 steps") {
		t.Error("what does not work any more is not asked for")
	}
}

// The address is the installation's: other tenants are not asked for it.
func TestSetupOfAnotherTenant(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(w.otherSchool().ID, admin.Owner)
	if page := u.page(pathSetup); strings.Contains(page, `id="address"`) {
		t.Error("another school is asked for the address")
	}
	if resp, _ := u.do(post, pathSetup+"/address/check", url.Values{}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another school looks at the address: %d", resp.StatusCode)
	}
}

func TestOnlyKnownSteps(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	if resp, _ := u.do(post, pathSetup+"/everything/skip", url.Values{}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown step: %d", resp.StatusCode)
	}
}
