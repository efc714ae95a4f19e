package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const (
	goodPassword  = "maple gantry 47 violins"
	otherPassword = "another gantry 48 violas"
)

var welcomeLink = regexp.MustCompile(`http\S+/console/welcome/[A-Z2-7]{52}`)

// arrive follows a link and answers where it leads, or the status.
func arrive(t *testing.T, link string, form url.Values) (*http.Response, *http.Client) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Jar: jar, Transport: newClients(nil).own.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp, client
}

// serve tells whoever started it how to make the first account, until there is one.
func TestServePrintsTheFirstLink(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	printed := welcomeLink.FindAllString(s.err.String(), -1)
	if len(printed) != 1 || !strings.HasPrefix(printed[0], w.Tool()+"/") {
		t.Fatalf("serve printed %v:\n%s", printed, s.err)
	}
	code := printed[0][strings.LastIndex(printed[0], "/")+1:]
	for line := range strings.Lines(s.err.String()) {
		if strings.Contains(line, code) && strings.Contains(line, "level=") {
			t.Errorf("the link is in the log: %s", line)
		}
	}
	form := url.Values{"name": {"Ada"}, "email": {"ada@example.org"}, "password": {goodPassword}}
	if resp, _ := arrive(t, printed[0], form); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/console") {
		t.Fatalf("the link leads to %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	again := start(t, w.env, isReady, "serve")
	if more := welcomeLink.FindString(again.err.String()); more != "" {
		t.Error("there is an owner, and serve still prints a link")
	}
}

func TestAdminCommands(t *testing.T) {
	w := newProxied(t)
	start(t, w.env, isReady, "serve")
	create := func(args ...string) string {
		t.Helper()
		return welcomeLink.FindString(must(t, w.env, "", append([]string{"admin", "create"}, args...)...).out)
	}
	list := func() []shownAccount {
		t.Helper()
		return decode[[]shownAccount](t, must(t, w.env, "", "admin", "list", "--json"))
	}
	link := create("--email", "Ada@Example.org", "--name", "Ada")
	if resp, _ := arrive(t, link, url.Values{"name": {"Ada"}, "password": {goodPassword}}); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the link: %d", resp.StatusCode)
	}
	if all := list(); len(all) != 1 || all[0].Email != "ada@example.org" || all[0].Role != "owner" {
		t.Errorf("accounts: %+v", all)
	}
	if r := command(t, w.env, "", "admin", "disable", "ada@example.org"); r.code != exitFailure || !strings.Contains(r.err, "last owner") {
		t.Errorf("the last owner was disabled: %d %s", r.code, r.err)
	}
	create("--email", "lin@example.org", "--role", "helpdesk")
	must(t, w.env, "", "admin", "disable", "lin@example.org")

	// Recovery: the old password has ended at once, and the new link works.
	again := create("--email", "ada@example.org")
	signIn := func(password string) int {
		resp, _ := arrive(t, w.Tool()+"/console/sign-in", url.Values{"email": {"ada@example.org"}, "password": {password}})
		return resp.StatusCode
	}
	if status := signIn(goodPassword); status != http.StatusUnprocessableEntity {
		t.Errorf("the old password: %d", status)
	}
	arrive(t, again, url.Values{"name": {"Ada"}, "password": {otherPassword}})
	if status := signIn(otherPassword); status != http.StatusSeeOther {
		t.Errorf("the new password: %d", status)
	}
	if create("--email", "lin@example.org") == "" || list()[1].Disabled || list()[1].Role != "helpdesk" {
		t.Errorf("accounts: %+v", list())
	}
	if table := must(t, w.env, "", "admin", "list").out; !strings.Contains(table, "lin@example.org") {
		t.Errorf("the table has\n%s", table)
	}
}

func TestAdminCommandsRefuse(t *testing.T) {
	env := map[string]string{"CLASSBRIDGE_DATA": t.TempDir(), "CLASSBRIDGE_URL": "https://class.example.org"}
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"no address":       {[]string{"create"}, exitUsage},
		"an odd address":   {[]string{"create", "--email", "ada"}, exitUsage},
		"an odd role":      {[]string{"create", "--email", "ada@example.org", "--role", "root"}, exitUsage},
		"an odd tenant":    {[]string{"create", "--email", "eve@example.org", "--tenant", "nowhere"}, exitFailure},
		"an odd account":   {[]string{"disable", "ada@example.org"}, exitFailure},
		"without a server": {[]string{"create", "--email", "ada@example.org"}, 0},
	} {
		if r := command(t, env, "", append([]string{"admin"}, test.args...)...); r.code != test.code {
			t.Errorf("%s: exit code %d\n%s%s", name, r.code, r.out, r.err)
		}
	}
	bare := map[string]string{"CLASSBRIDGE_DATA": t.TempDir()}
	if r := command(t, bare, "", "admin", "create", "--email", "ada@example.org"); r.code != exitUsage {
		t.Errorf("without an address of the server: %d", r.code)
	}
}
