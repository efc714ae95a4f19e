package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathBBB = "/console/bbb"

func (s *Server) bbbRoutes() []consoleRoute {
	routes := []consoleRoute{{get, pathBBB, admin.Read, s.showBBB}}
	routes = append(routes, s.serverRoutes()...)
	routes = append(routes, s.liveRoutes()...)
	routes = append(routes, s.recordingRoutes()...)
	routes = append(routes, s.rulesRoutes()...)
	return append(routes, s.usageRoutes()...)
}

// bbbPage is the servers, and what the tenant uses of them.
type bbbPage struct {
	consolePage
	Servers []classroom.ServerView
	Meters  []classroom.Meter
}

// showBBB answers GET /console/bbb.
func (s *Server) showBBB(c *gin.Context, v admin.Visitor) error {
	p := &bbbPage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb")}
	var err error
	if p.Servers, err = s.Classroom.ServerViews(c.Request.Context(), v.Tenant.ID); err != nil {
		return err
	}
	used, err := s.Classroom.Usage(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	p.Meters = used.Meters()
	return s.renderConsole(c, "console_bbb", p)
}

// serverState is how a server does, in a word.
type serverState struct{ Look, Words string }

// State is the server's, as lists and its page show it.
func (p consolePage) State(v classroom.ServerView) serverState {
	switch {
	case v.Disabled:
		return serverState{"", p.Text("console.bbb.state.disabled")}
	case v.Health.Finding != "" || len(v.Failing) > 0:
		return serverState{"bad", p.Text("console.bbb.state.fails")}
	case v.Health.TriedAt.IsZero():
		return serverState{"warn", p.Text("console.bbb.state.untried")}
	}
	return serverState{"good", p.Text("console.bbb.state.works")}
}

// Finding is what a server's health says is wrong; empty: nothing.
func (p consolePage) Finding(h classroom.ServerHealth) string {
	if h.Finding == "" {
		return ""
	}
	return p.Text(findingText(bbb.Finding(h.Finding)), "Hash", strings.Join(classroom.Hashes(), ", "))
}

// findingText is the id of the text that says what to do about a finding.
func findingText(f bbb.Finding) string {
	return "console.bbb.finding." + strings.ReplaceAll(string(f), " ", "_")
}

// Bytes is a size in words.
func (p consolePage) Bytes(n int64) string {
	size, unit := float64(n), 0
	units := []string{"console.bbb.size.mb", "console.bbb.size.gb", "console.bbb.size.tb"}
	for size /= 1e6; size >= 1000 && unit < len(units)-1; size /= 1000 {
		unit++
	}
	digits := 0
	if size > 0 && size < 10 {
		digits = 1
	}
	return p.Text(units[unit], "Size", strconv.FormatFloat(size, 'f', digits, 64))
}

// Amount is how much of a limit is used.
func (p consolePage) Amount(m classroom.Meter) string {
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	if m.Name == "bytes" {
		show = p.Bytes
	}
	if m.Limit == 0 {
		return show(m.Used)
	}
	return p.Text("console.bbb.meter.of", "Used", show(m.Used), "Limit", show(m.Limit))
}

// mistakes are what is wrong with a form by field, in the reader's words, and what
// a server was found to be under "try"; nil if err is nothing of the kind.
func (s *Server) mistakes(c *gin.Context, err error) map[string]string {
	wrong := map[string]string{}
	for _, one := range apart(err) {
		var input *classroom.InputError
		var failed *bbb.TestError
		switch {
		case errors.As(one, &input):
			wrong[input.Field] = s.printer(c).Text(input.Message)
		case errors.As(one, &failed):
			wrong["try"] = s.printer(c).Text(findingText(failed.Finding), "Hash", failed.Hash)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return wrong
}

// apart are the errors that were joined.
func apart(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}

// serverFacts are what the audit log says of a server; never its secrets.
func serverFacts(s classroom.Server) map[string]string {
	return map[string]string{
		"name": s.Name, "url": s.URL, "hash": s.Hash, "secrets": strconv.Itoa(len(s.Secrets)), "disabled": fmt.Sprint(s.Disabled),
	}
}

// wrongForm is how a form comes back.
const wrongForm = http.StatusUnprocessableEntity
