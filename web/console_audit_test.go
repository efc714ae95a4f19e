package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
	"classbridge/sheet"
	"classbridge/storage/storagetest"

	"github.com/gin-gonic/gin"
)

// writesDown writes an entry of the default tenant.
func (w *world) writesDown(e admin.AuditEntry) {
	w.Helper()
	e.ID, e.TenantID, e.CreatedAt = storagetest.ID(), classroom.DefaultTenant, w.clock.Now()
	if e.Outcome == "" {
		e.Outcome = admin.Done
	}
	w.must(w.db.CreateAuditEntry(w.Context(), e))
}

func TestAuditLogIsSearched(t *testing.T) {
	w := newWorld(t)
	w.writesDown(admin.AuditEntry{Actor: "ada@example.org", Act: "server.add", Subject: "<b>bbb1", Detail: `name: "" -> "bbb1"`, Address: "203.0.113.9"})
	w.clock.forward(48 * time.Hour)
	w.writesDown(admin.AuditEntry{Actor: "command: root", Act: "unheard.of", Subject: "thing", Outcome: admin.Failed})
	u := w.signIn(classroom.DefaultTenant, admin.Auditor)
	today := w.clock.Now().Format(time.DateOnly)
	for query, want := range map[string][2]bool{ // that the old and the new entry are shown
		"":                             {true, true},
		"actor=ADA":                    {true, false},
		"act=server.add":               {true, false},
		"act=unheard":                  {false, true},
		"subject=thing":                {false, true},
		"outcome=failed":               {false, true},
		"outcome=whatever":             {true, true},
		"from=" + today:                {false, true},
		"to=" + today:                  {true, true},
		"to=yesterday":                 {true, true},
		"from=" + today + "&actor=ada": {false, false},
	} {
		page := u.page(pathAudit + "?" + query)
		got := [2]bool{strings.Contains(page, "&lt;b&gt;bbb1"), strings.Contains(page, "<bdi>thing</bdi>")}
		if got != want {
			t.Errorf("%q shows %v, want %v", query, got, want)
		}
		if nothing := strings.Contains(page, `id="nothing"`); nothing != (want == [2]bool{}) {
			t.Errorf("%q says that there is nothing: %v", query, nothing)
		}
		checkPage(t, page)
	}
	page := u.page(pathAudit)
	for _, want := range []string{"Added a BigBlueButton server", "unheard.of", "203.0.113.9", "for 12 months", "name: &#34;&#34; -&gt; &#34;bbb1&#34;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if page := w.signIn(w.otherSchool().ID, admin.Owner).page(pathAudit); strings.Contains(page, "bbb1") || strings.Contains(page, "unheard.of") {
		t.Error("another school sees the entries")
	}
}

func TestAuditLogHasPages(t *testing.T) {
	w := newWorld(t)
	for i := range chatListSize + 3 {
		w.writesDown(admin.AuditEntry{Actor: "a", Act: "server.add", Subject: fmt.Sprintf("number-%03d-", i)})
	}
	w.writesDown(admin.AuditEntry{Actor: "b", Act: "server.add", Subject: "elsewhere"})
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	older := regexp.MustCompile(`id="older" href="([^"]+)"`)
	page := u.page(pathAudit + "?actor=a")
	if strings.Contains(page, "number-002-") || !strings.Contains(page, "number-003-") || strings.Contains(page, `id="newest"`) {
		t.Error("the first page is not the newest entries")
	}
	link := older.FindStringSubmatch(page)
	if link == nil {
		t.Fatal("nothing leads to older entries")
	}
	page = u.page(html.UnescapeString(link[1]))
	if !strings.Contains(page, "number-002-") || strings.Contains(page, "number-003-") || strings.Contains(page, "elsewhere") || older.MatchString(page) || !strings.Contains(page, `id="newest"`) {
		t.Error("the last page is not the oldest entries")
	}
}

func TestAuditLogIsExported(t *testing.T) {
	w := newWorld(t)
	const many = 1203 // several readings
	for i := range many {
		w.writesDown(admin.AuditEntry{Actor: "ada@example.org", Act: "server.add", Subject: fmt.Sprint("=cmd", i), Detail: "a\nb"})
	}
	w.writesDown(admin.AuditEntry{Actor: "grace@example.org", Act: "server.add"})
	u := w.signIn(classroom.DefaultTenant, admin.Auditor)

	resp, file := u.do(get, pathAuditExport+"?as=csv&actor=ada", nil)
	if kind := resp.Header.Get("Content-Disposition"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(kind, `attachment; filename="audit-`) || !strings.HasSuffix(kind, `.csv"`) {
		t.Fatalf("%d, %s", resp.StatusCode, kind)
	}
	table, marked := strings.CutPrefix(file, sheet.Mark)
	lines, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	w.must(err)
	if !marked || len(lines) != many+1 || lines[0][0] != "time" || lines[1][4] != fmt.Sprint("'=cmd", many-1) || lines[many][4] != "'=cmd0" {
		t.Errorf("%d lines, %q to %q", len(lines), lines[1], lines[len(lines)-1])
	}

	resp, file = u.do(get, pathAuditExport+"?as=json&actor=ada", nil)
	if kind := resp.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		t.Error(kind)
	}
	seen := map[string]bool{}
	for text := range strings.Lines(file) {
		var e struct {
			ID, Time, Act, Subject string
			Detail                 []string
		}
		w.must(json.Unmarshal([]byte(text), &e))
		if _, err := time.Parse(time.RFC3339, e.Time); err != nil || e.Act != "server.add" || !strings.HasPrefix(e.Subject, "=cmd") || len(e.Detail) != 2 {
			t.Fatalf("a line is %s", text)
		}
		seen[e.ID] = true
	}
	if len(seen) != many {
		t.Errorf("%d entries as JSON", len(seen))
	}

	entries, err := w.db.AuditEntries(t.Context(), classroom.DefaultTenant, admin.AuditFilter{Act: "audit.export"})
	w.must(err)
	if len(entries) != 2 || entries[0].ActorID != u.account.ID || entries[0].Detail != "as: json\nactor: \"ada\"" {
		t.Errorf("the exports are noted as %+v", entries)
	}
}

func TestAuditOfRefusedLaunches(t *testing.T) {
	w := newWorld(t)
	for i, reason := range []string{string(lti.SignatureWrong), "deployment_pending", "new_kind"} {
		w.must(w.db.CreateRefusal(t.Context(), classroom.Refusal{
			ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Reference: fmt.Sprint("REF", i), Reason: reason, Issuer: "https://lms.example/<b>",
			Subject: "canary-subject", Detail: "the precise cause", CreatedAt: w.clock.Now().Add(time.Duration(i) * time.Second),
		}))
	}
	owner, auditor := w.signIn(classroom.DefaultTenant, admin.Owner), w.signIn(classroom.DefaultTenant, admin.Auditor)
	page := owner.page(pathAuditLaunches)
	for _, want := range []string{"REF0", "REF1", "REF2", "the precise cause", "canary-subject", "for 30 days", "The signature is wrong", "Something in the launch is missing"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	checkPage(t, page)
	if page := owner.page(pathAuditLaunches + "?reference=REF1"); !strings.Contains(page, "REF1") || strings.Contains(page, "REF0") {
		t.Error("a reference does not find its launch alone")
	}
	for _, as := range []string{"csv", "json"} {
		_, file := owner.do(get, pathAuditLaunches+"/export?as="+as, nil)
		if strings.Count(file, "canary-subject") != 3 || !strings.Contains(file, "deployment_pending") {
			t.Errorf("as %s: %s", as, file)
		}
		if _, file := auditor.do(get, pathAuditLaunches+"/export?as="+as, nil); strings.Contains(file, "canary") || !strings.Contains(file, "REF2") {
			t.Errorf("an auditor gets as %s: %s", as, file)
		}
	}
	if page := auditor.page(pathAuditLaunches); strings.Contains(page, "canary") || !strings.Contains(page, "REF2") {
		t.Error("an auditor sees who was refused")
	}
	if page := w.signIn(w.otherSchool().ID, admin.Owner).page(pathAuditLaunches); strings.Contains(page, "REF") || !strings.Contains(page, `id="nothing"`) {
		t.Error("another school sees refused launches")
	}
	exports, err := w.db.AuditEntries(t.Context(), classroom.DefaultTenant, admin.AuditFilter{Act: "audit.export_launches"})
	if w.must(err); len(exports) != 4 {
		t.Errorf("%d exports are noted", len(exports))
	}
}

func TestRefusedLaunchesHavePages(t *testing.T) {
	w := newWorld(t)
	for i := range chatListSize + 2 {
		w.must(w.db.CreateRefusal(t.Context(), classroom.Refusal{
			ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Reference: fmt.Sprintf("REF-%03d", i), Reason: "new_kind",
			CreatedAt: w.clock.Now().Add(time.Duration(i) * time.Microsecond),
		}))
	}
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	page := u.page(pathAuditLaunches)
	link := regexp.MustCompile(`id="older" href="([^"]+)"`).FindStringSubmatch(page)
	if link == nil || strings.Contains(page, "REF-001") || !strings.Contains(page, "REF-002") {
		t.Fatal("the first page is not the newest refusals")
	}
	page = u.page(html.UnescapeString(link[1]))
	if !strings.Contains(page, "REF-001") || !strings.Contains(page, "REF-000") || strings.Contains(page, "REF-002") || strings.Contains(page, `id="older"`) {
		t.Error("the last page is not the oldest refusals")
	}
}

// Whatever is written down has words on the page.
func TestEveryActHasWords(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	act := regexp.MustCompile(`\bAct\{Name: "([^"]+)"`)
	seen := 0
	err = fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile("../" + path)
		for _, m := range act.FindAllStringSubmatch(string(b), -1) {
			seen++
			if !texts.Has(actText + m[1]) {
				t.Errorf("%s writes %q, which has no words", path, m[1])
			}
		}
		return err
	})
	if err != nil || seen < 20 {
		t.Errorf("%d acts were found: %v", seen, err)
	}
}

// A file that breaks off must not look like a whole one.
func TestExportBreaksOff(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		lines int
		want  any // of recover
	}{
		"before anything": {0, nil},
		"later":           {1, http.ErrAbortHandler},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			c.Request = httptest.NewRequest(get, "/x?as=json", nil)
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("the handler ends by %v, want %v", got, test.want)
				}
			}()
			err := w.server.export(c, "file", nil, func(_ context.Context, put func(line) error) error {
				for range test.lines {
					w.must(put(admin.AuditEntry{Act: "x"}))
				}
				return broken
			})
			if err != broken || c.Writer.Written() || c.Writer.Header().Get("Content-Disposition") != "" {
				t.Errorf("answers %v, with %v", err, c.Writer.Header())
			}
		})
	}
}

func TestExportOf(t *testing.T) {
	got := exportOf("/x", url.Values{"actor": {"a&b"}, "act": {""}}, "csv")
	if want := "/x?actor=a%26b&as=csv"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
