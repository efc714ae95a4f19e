package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

// Admins of another school name no addresses inside the operator's network, unless
// the operator lets them.
func TestConsoleReach(t *testing.T) {
	w := newWorld(t)
	school := w.otherSchool().ID
	platform := url.Values{
		"preset": {"other"}, "issuer": {"http://lms.lan"}, "client-id": {"c"}, "auth-url": {"http://lms.lan/auth"},
		"token-url": {"http://lms.lan/token"}, "jwks-url": {"http://lms.lan/keys"}, "name": {"LMS"}, "on-premises": {"yes"},
	}
	invitation := url.Values{"name": {"LMS"}, "days": {"7"}, "on-premises": {"yes"}}
	webhook := url.Values{"kind": {"webhook"}, "target": {"http://hooks.lan/x"}, "inside": {"yes"}}

	u := w.signIn(school, admin.Owner)
	for _, path := range []string{"/console/lti/new?preset=other", pathInvitations + "/new", pathAlerts + "/ways/new?kind=webhook"} {
		if page := u.page(path); strings.Contains(page, `name="on-premises"`) || strings.Contains(page, `name="inside"`) {
			t.Errorf("%s offers to go inside", path)
		}
	}
	for path, form := range map[string]url.Values{pathPlatforms: platform, pathInvitations: invitation, pathAlerts + "/ways": webhook} {
		if resp, _ := u.do(post, path, form); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s of a school that may not: %d", path, resp.StatusCode)
		}
	}
	platform.Del("on-premises")
	for field, value := range platform {
		platform.Set(field, strings.Replace(value[0], "http:", "https:", 1))
	}
	u.post(pathPlatforms, platform)
	added, err := w.db.ListPlatforms(t.Context(), school)
	w.must(err)
	path := platformPath(added[0].ID)
	if page := u.page(path + "/edit"); strings.Contains(page, `name="on-premises"`) {
		t.Error("the page of a registration offers to go inside")
	}
	platform.Set("on-premises", "yes")
	platform.Set("new-deployments", "pending")
	if resp, _ := u.do(post, path, platform); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a registration goes inside: %d", resp.StatusCode)
	}

	w.room.Reach, w.console.Reach = classroom.Reach{school}, classroom.Reach{school}
	if page := u.page(pathInvitations + "/new"); !strings.Contains(page, `name="on-premises"`) {
		t.Error("a school that may is not offered to go inside")
	}
	u.post(path, platform)
	u.post(pathAlerts+"/ways", webhook)
}
