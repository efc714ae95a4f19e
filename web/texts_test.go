package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
)

// found lists what the pattern's first group matches in the files.
func found(t *testing.T, pattern, glob string) []string {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", glob, len(files), err)
	}
	var all []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1) {
			all = append(all, m[1])
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s: nothing matches in %s", pattern, glob)
	}
	return all
}

func TestEveryTextExists(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	has := func(id, where string) {
		t.Helper()
		if !texts.Has(id) {
			t.Errorf("%s: there is no text %s", where, id)
		}
	}
	for _, glob := range []string{"../classroom/*.go", "*.go"} {
		for _, id := range found(t, `"(error\.[a-z_]+)"`, glob) {
			has(id, glob)
			if id != "error.too_many" && id != "error.callback_signature" {
				has(id+".do", glob)
			}
		}
	}
	for _, id := range found(t, `Text "([a-z_.]+)"`, "../templates/*.html") {
		has(id, "templates")
	}
	for _, why := range found(t, `why: +"([a-z_]+)"`, "../classroom/role_table.go") {
		has("room.why."+why, "role table")
	}
	for _, why := range []string{classroom.WhyNoRole, classroom.WhyUnknownRole, classroom.WhyTestUser} {
		has("room.why."+why, "roles")
	}
	for _, outcome := range found(t, `RecordingOutcome = "([a-z]+)"`, "../classroom/meeting.go") {
		if classroom.RecordingOutcome(outcome) != classroom.RecordingFound {
			has("room.recording."+outcome, "recording outcomes")
		}
	}
	for _, state := range found(t, `ChatStanding = "([a-z_]+)"`, "../classroom/view.go") {
		if classroom.ChatStanding(state) != classroom.ChatOff {
			has("room.chat."+state, "chat standings")
		}
	}
}

func TestEveryLaunchReasonHasAText(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range found(t, `Reason = "([a-z_]+)"`, "../lti/error.go") {
		if id := launchText(lti.Reason(reason)); !texts.Has(id) || !texts.Has(id+".do") {
			t.Errorf("%s: there is no text %s", reason, id)
		}
	}
	for reason, want := range map[lti.Reason]string{
		lti.CookieMissing: "error.launch_cookie", lti.SignatureWrong: "error.launch_invalid", lti.LMSInvalidScope: "error.launch_lms",
		lti.StateExpired: "error.launch_late", lti.KeysUnavailable: "error.launch_keys", lti.PlatformUnknown: "error.launch_unregistered",
	} {
		if got := launchText(reason); got != want {
			t.Errorf("%s says %s, want %s", reason, got, want)
		}
	}
}

// TestNoTextIsUnused keeps the catalogue from growing old.
func TestNoTextIsUnused(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, glob := range []string{"*.go", "../templates/*.html", "../classroom/*.go"} {
		files, _ := filepath.Glob(glob)
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
	}
	composed := regexp.MustCompile(`^room\.(why|chat|recording)\.|^room\.(idle|starting|running)$|^left\.[a-z]+(\.detail)?$|^register\.step\.|^attendance\.(exact|role)\.|^grades\.(problem|state|refused)\.|\.do$`)
	for _, id := range texts.IDs() {
		switch id[:strings.Index(id, ".")] {
		case "page", "deeplink", "door", "room", "wait", "go", "link", "left", "error", "register", "attendance", "grades", "settings":
			if !composed.MatchString(id) && !strings.Contains(source.String(), `"`+id+`"`) {
				t.Errorf("nothing says %s", id)
			}
		}
	}
}

func TestEveryRegistrationReasonHasAText(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range found(t, `Reason = "(registration_[a-z_]+)"`, "../lti/registrationerror.go") {
		if id := registrationText(&lti.RegistrationError{Reason: lti.Reason(reason)}); !texts.Has(id) || !texts.Has(id+".do") {
			t.Errorf("%s: there is no text %s", reason, id)
		}
	}
	for reason, want := range map[lti.Reason]string{
		lti.RegistrationPrivate: "error.register_private", lti.RegistrationSlow: "error.register_unreachable", lti.RegistrationIssuer: "error.register_issuer",
		lti.RegistrationRefused: "error.register_refused", lti.RegistrationNotJSON: "error.register_configuration",
	} {
		if got := registrationText(&lti.RegistrationError{Reason: reason, Step: lti.StepRegister}); got != want {
			t.Errorf("%s says %s, want %s", reason, got, want)
		}
	}
	for _, step := range (classroom.Progress{}).Steps() {
		if id := "register.step." + string(step.Step); !texts.Has(id) {
			t.Errorf("there is no text %s", id)
		}
	}
}
