package parts

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// MattermostVariable names the folder of the built server.
const MattermostVariable = "CLASSBRIDGE_TEST_MATTERMOST"

// MM is a running Mattermost server as it is after installation: one user, its
// system admin, and every setting that a test may want to change at its default.
type MM struct {
	URL   string // stays the same across Stop and Start
	Admin *User

	program  string // folder of the built server
	dir      string // its working folder: configuration, files, log
	database string
	admin    string // address from which the database is dropped
	dsn      string
	process  *exec.Cmd
	exited   chan struct{}
}

// Mattermost starts a server of the test's own, which takes about a second.
func Mattermost(t testing.TB) *MM {
	t.Helper()
	m := bootMattermost(t)
	t.Cleanup(m.close)
	return m
}

// SharedMattermost is one server for all tests of a package, declared there
// and closed by its TestMain. Each test makes a team of its own on it. A server
// without licence takes 250 users.
type SharedMattermost struct {
	once   sync.Once
	server *MM
}

// Get starts the server for the first test that asks.
func (s *SharedMattermost) Get(t testing.TB) *MM {
	t.Helper()
	s.once.Do(func() { s.server = bootMattermost(t) })
	if s.server == nil {
		t.Fatal("the shared Mattermost server did not start: see the first test that asked for it")
	}
	return s.server
}

// Close ends the server, if there is one.
func (s *SharedMattermost) Close() {
	if s.server != nil {
		s.server.close()
	}
}

// bootMattermost copies the template's database and starts a server on it.
func bootMattermost(t testing.TB) *MM {
	t.Helper()
	template := mattermostTemplate(t)
	m := newMattermost(t, "mattermost_"+strings.ToLower(rand.Text()))
	administer(t, "CREATE DATABASE "+m.database+" TEMPLATE "+template)
	if err := m.start(); err != nil {
		m.close()
		t.Fatal(err)
	}
	m.Admin = m.login(t, adminName)
	return m
}

// mattermostProgram is the folder of the built server.
func mattermostProgram(t testing.TB) string {
	t.Helper()
	program := os.Getenv(MattermostVariable)
	if program == "" {
		t.Fatalf("%s is not set: run `make test`, or export %[1]s=$(e2e/mattermost.sh)", MattermostVariable)
	}
	return program
}

// newMattermost prepares the working folder, in which the server finds what it
// reads and writes by relative names.
func newMattermost(t testing.TB, name string) *MM {
	t.Helper()
	program := mattermostProgram(t)
	// Short, and not t.TempDir: the path of the local socket may have 107 bytes.
	dir, err := os.MkdirTemp("", "classbridge-mattermost-")
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"config", "data", "logs", "plugins", "client/plugins"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"i18n", "templates", "fonts"} {
		if err := os.Symlink(filepath.Join(program, sub), filepath.Join(dir, sub)); err != nil {
			t.Fatal(err)
		}
	}
	return &MM{
		URL:      "http://127.0.0.1:" + strconv.Itoa(FreePort(t)),
		program:  program,
		dir:      dir,
		database: name,
		admin:    adminDSN(t),
		dsn:      database(t, name),
	}
}

// Start starts the server again after Stop, with its data and at its address.
func (m *MM) Start(t testing.TB) {
	t.Helper()
	if err := m.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop kills the server: nobody waits for its graceful end, and a crash is the
// harder case.
func (m *MM) Stop(t testing.TB) {
	t.Helper()
	m.kill()
}

// Restart kills the server and starts it again.
func (m *MM) Restart(t testing.TB) {
	t.Helper()
	m.Stop(t)
	m.Start(t)
}

// Log is what the server has logged so far, warnings and worse.
func (m *MM) Log(t testing.TB) string {
	t.Helper()
	log, err := os.ReadFile(m.logFile())
	if err != nil {
		t.Fatal(err)
	}
	return string(log)
}

func (m *MM) logFile() string { return filepath.Join(m.dir, "logs", "console.log") }

func (m *MM) start() error {
	log, err := os.OpenFile(m.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(m.program, "mattermost"), "server")
	cmd.Dir, cmd.Stdout, cmd.Stderr = m.dir, log, log
	cmd.Env = m.environment()
	cmd.SysProcAttr = diesWithUs()
	if err := cmd.Start(); err != nil {
		return err
	}
	m.process, m.exited = cmd, make(chan struct{})
	go func(exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(m.exited)
	return m.awaitReady()
}

func (m *MM) kill() {
	if m.process == nil {
		return
	}
	_ = m.process.Process.Kill()
	<-m.exited
	m.process = nil
}

func (m *MM) close() {
	m.kill()
	_ = execute(m.admin, "DROP DATABASE IF EXISTS "+m.database+" WITH (FORCE)")
	_ = os.RemoveAll(m.dir)
}

func (m *MM) awaitReady() error {
	client := &http.Client{Timeout: 5 * time.Second}
	deadline := time.After(time.Minute)
	for {
		if resp, err := client.Get(m.URL + "/api/v4/system/ping"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-m.exited:
			return fmt.Errorf("the Mattermost server ended at start:\n%s", m.lastWords())
		case <-deadline:
			return fmt.Errorf("the Mattermost server is not ready after a minute:\n%s", m.lastWords())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (m *MM) lastWords() string {
	log, _ := os.ReadFile(m.logFile())
	return string(log[max(0, len(log)-2000):])
}

// environment has only settings that no test changes: what is set here cannot
// be changed through the API. The server must not call anybody on the Internet.
func (m *MM) environment() []string {
	return append(os.Environ(),
		"MM_SQLSETTINGS_DRIVERNAME=postgres",
		"MM_SQLSETTINGS_DATASOURCE="+m.dsn,
		"MM_SQLSETTINGS_MAXOPENCONNS=20",
		"MM_SERVICESETTINGS_LISTENADDRESS="+strings.TrimPrefix(m.URL, "http://"),
		"MM_SERVICESETTINGS_SITEURL="+m.URL,
		"MM_SERVICESETTINGS_ENABLELOCALMODE=true",
		"MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION="+filepath.Join(m.dir, "local.sock"),
		"MM_SERVICESETTINGS_ENABLESECURITYFIXALERT=false",
		"MM_ANNOUNCEMENTSETTINGS_ADMINNOTICESENABLED=false",
		"MM_ANNOUNCEMENTSETTINGS_USERNOTICESENABLED=false",
		"MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS=false",
		"MM_LOGSETTINGS_ENABLEDIAGNOSTICS=false",
		"MM_LOGSETTINGS_ENABLEFILE=false",
		"MM_LOGSETTINGS_CONSOLELEVEL=WARN",
		"MM_PLUGINSETTINGS_ENABLE=false",
	)
}
