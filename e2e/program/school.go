package program

import (
	"context"
	"net/http"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/e2e/parts"
	"classbridge/lti/ltitest"
)

// Options are how one school differs from another.
type Options struct {
	Binary    *Binary
	Database  string           // address of an empty PostgreSQL database; empty: SQLite
	Processes int              // of the program, on one database; default 1
	NoChat    bool             // no Mattermost server is started
	LMS       ltitest.Profile  // which LMS it is; the reference by default
	People    []ltitest.Person // beside those of every school
	SignsUp   bool             // nobody has connected the LMS: its admin is to
	Bare      bool             // nobody has connected anything: the console is to
}

// School is the program with everything around it, running.
type School struct {
	URL       string // of the tool, as browsers see it
	LMSURL    string
	BBBURL    string
	Processes []*Process
	Front     *Front
	LMS       *ltitest.LMS
	LMSGate   *Gate
	BBB       *bbbtest.Server
	BBBGate   *Gate
	Chat      *parts.MM
	ChatURL   string // by which the program knows it
	ChatGate  *Gate
	Team      *parts.Team
	Users     map[string]*parts.User // by the person's sub; not all people have an account
	Tape      *Tape
	Secrets   Secrets
	Output    *Output
	Data      string // folder of the program's data
	Database  string
}

// Open starts a school of its own for the test, on a Mattermost server of its own.
func Open(t testing.TB, o Options) *School {
	t.Helper()
	port := parts.FreePort(t)
	s := &School{
		URL: sub("tool", port), Tape: &Tape{}, Secrets: newSecrets(), Output: &Output{},
		Data: t.TempDir(), Database: o.Database,
	}
	t.Cleanup(func() { s.explain(t) })
	s.openLMS(t, o)
	s.openBBB(t)
	s.addProcesses(t, o)
	serveOn(t, port, s.Tape.Record("tool", s.Front))
	s.Processes[0].Command(t, "", "migrate")
	if !o.SignsUp && !o.Bare {
		s.connectLMS(t)
	}
	if !o.NoChat {
		s.openChat(t)
	}
	if !o.NoChat && !o.Bare {
		s.connectChat(t)
	}
	for _, p := range s.Processes {
		t.Cleanup(p.Kill)
		p.Start(t)
	}
	return s
}

func (s *School) openLMS(t testing.TB, o Options) {
	t.Helper()
	s.LMSGate = &Gate{}
	s.LMS = s.serveLMS(t, "lms", o.LMS, append(people(), o.People...))
	s.LMSURL = s.LMS.URL
	s.LMS.Alter = s.keepSession
}

// serveLMS serves an LMS of that name.
func (s *School) serveLMS(t testing.TB, name string, profile ltitest.Profile, people []ltitest.Person) *ltitest.LMS {
	t.Helper()
	port := parts.FreePort(t)
	lms := newLMS(t, ltitest.Config{URL: sub(name, port), ToolURL: s.URL, Profile: profile, Persons: people})
	serveOn(t, port, s.Tape.Record(name, s.LMSGate.Guard(lmsPages(lms))))
	return lms
}

// OtherLMS is one that has nothing to do with the school's own.
func (s *School) OtherLMS(t testing.TB) *ltitest.LMS {
	t.Helper()
	return s.serveLMS(t, "other", ltitest.Reference(), people())
}

// keepSession puts the LMS's session into the address of the way back, as
// Moodle does: it is the person's own secret.
func (s *School) keepSession(claims map[string]any) {
	presentation, _ := claims["https://purl.imsglobal.org/spec/lti/claim/launch_presentation"].(map[string]any)
	if sub, ok := claims["sub"].(string); ok && presentation != nil {
		presentation["return_url"] = s.LMSURL + "/?sesskey=" + s.Secrets.SessKey + sub
	}
}

func (s *School) openBBB(t testing.TB) {
	t.Helper()
	port := parts.FreePort(t)
	s.BBBURL, s.BBBGate = sub("bbb", port), &Gate{}
	s.BBB = bbbtest.New(bbbtest.Config{
		URL: s.BBBURL, Secrets: []string{s.Secrets.BBB}, RecordingDelay: time.Second,
		HTTP: &http.Client{Transport: Transport(), Timeout: 10 * time.Second},
	})
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go s.BBB.Run(ctx)
	serveOn(t, port, s.Tape.Record("bbb", s.BBBGate.Guard(s.BBB)))
}

func (s *School) addProcesses(t testing.TB, o Options) {
	t.Helper()
	var addresses []string
	connected := []string{
		"CLASSBRIDGE_BBB_URL=" + s.BBBURL + "/bigbluebutton/", "CLASSBRIDGE_BBB_SECRET=" + s.Secrets.BBB + ":" + s.Secrets.OldBBB,
	}
	if o.Bare {
		connected = nil
	}
	for range max(o.Processes, 1) {
		address := loopback(parts.FreePort(t))
		addresses = append(addresses, address)
		s.Processes = append(s.Processes, &Process{
			Address: address, binary: o.Binary.Path(t), output: s.Output,
			env: environment(append(connected,
				"CLASSBRIDGE_URL="+s.URL, "CLASSBRIDGE_ADDR="+address, "CLASSBRIDGE_DATA="+s.Data,
				"CLASSBRIDGE_DATABASE_URL="+s.Database, "CLASSBRIDGE_MASTER_KEY="+s.Secrets.masterKey(),
				"CLASSBRIDGE_METRICS_TOKEN="+s.Secrets.Metrics, "CLASSBRIDGE_LOG_LEVEL=debug",
			)...),
		})
	}
	s.Front = newFront(addresses)
}

// openChat starts a Mattermost server. Terry and Lee have accounts there, with
// the addresses that the LMS knows; so has Gail, whom no course knows.
func (s *School) openChat(t testing.TB) {
	t.Helper()
	s.Chat, s.ChatGate, s.Users = parts.Mattermost(t), &Gate{}, map[string]*parts.User{}
	var members []*parts.User
	for _, name := range []string{Terry, Lee, Gail} {
		s.Users[name] = s.Chat.CreateUser(t, name)
		members = append(members, s.Users[name])
	}
	s.Team = s.Chat.CreateTeam(t, "school", members...)
	port := parts.FreePort(t)
	s.ChatURL = "http://" + loopback(port)
	serveOn(t, port, s.Tape.Record("mattermost", s.ChatGate.Guard(passTo(s.Chat.URL))))
}

// connectLMS does what an operator does once, where the LMS cannot.
func (s *School) connectLMS(t testing.TB) {
	t.Helper()
	platform := s.LMS.Platform("")
	s.Processes[0].Command(t, "", "platform", "add", "--name", "Example LMS", "--on-premises",
		"--issuer", platform.Issuer, "--client-id", platform.ClientID, "--auth-url", platform.AuthURL,
		"--token-url", platform.TokenURL, "--jwks-url", platform.JWKSURL, "--deployment-id", s.LMS.DeploymentID)
}

// connectChat does the same with the chat.
func (s *School) connectChat(t testing.TB) {
	t.Helper()
	s.Processes[0].Command(t, parts.Password+"\n", "mattermost", "connect", "--url", s.ChatURL, "--team", s.Team.Name,
		"--login", s.Chat.Admin.Username, "--password-file", "-", "--yes")
}

// Kill kills all processes.
func (s *School) Kill() {
	for _, p := range s.Processes {
		p.Kill()
	}
}
