package ltitest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"classbridge/lti/ltitest"
)

func read(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("HTTP status %d: %v", answer.StatusCode, err)
	}
	return string(body)
}

// The page around the tool has storage where the profile's logins say that it is.
func TestStoragePages(t *testing.T) {
	for _, profile := range ltitest.Profiles() {
		t.Run(profile.Name, func(t *testing.T) {
			s := newSchool(t, func(c *ltitest.Config) { c.Profile = profile })
			page := read(t, s.lmsURL+"/frame?person=teacher&link=room-1")
			if !strings.Contains(page, `src="/launch?link=room-1&amp;person=teacher"`) {
				t.Errorf("the tool is not in the page:\n%s", page)
			}
			target := profile.Login.StorageTarget
			own := target != "" && target != "_parent"
			if got := strings.Contains(page, `<iframe name="`+target+`" src="/storage"`); got != own {
				t.Errorf("a frame for storage: %t, want %t", got, own)
			}
			if got := strings.Contains(page, `"lti.put_data"`); got != (target != "") {
				t.Errorf("the page itself answers: %t", got)
			}
			if own && !strings.Contains(read(t, s.lmsURL+"/storage"), `"lti.get_data"`) {
				t.Error("the frame does not keep values")
			}
		})
	}
}
