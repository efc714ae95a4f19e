package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"classbridge/locales"
)

// Report is a whole examination.
type Report struct {
	At        time.Time     `json:"at"`
	Took      time.Duration `json:"took"`
	URL       string        `json:"url"`
	Version   string        `json:"version"`
	Rehearsed bool          `json:"rehearsed"`
	Results   []Result      `json:"results"`
}

// Count is how many results are of that state.
func (r Report) Count(s State) int {
	n := 0
	for _, result := range r.Results {
		if result.State == s {
			n++
		}
	}
	return n
}

// Section is the results of one group.
type Section struct {
	Group   Group
	Results []Result
}

// Title is the id of the text that names the group.
func (s Section) Title() string { return "doctor.group." + string(s.Group) }

// Sections are the results by group; empty groups are left out.
func (r Report) Sections() []Section {
	var sections []Section
	for _, g := range groups() {
		s := Section{Group: g}
		for _, result := range r.Results {
			if result.Group == g {
				s.Results = append(s.Results, result)
			}
		}
		if len(s.Results) > 0 {
			sections = append(sections, s)
		}
	}
	return sections
}

// Word is the id of the text for a state.
func (s State) Word() string { return "doctor.state." + string(s) }

// Write writes the report for people, in plain text.
func (r Report) Write(w io.Writer, p *locales.Printer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", p.Text("doctor.report.title", "URL", r.URL),
		p.Text("doctor.report.made", "Version", r.Version, "Time", r.At.Format("2006-01-02 15:04:05 UTC"), "Seconds", fmt.Sprintf("%.1f", r.Took.Seconds())))
	for _, s := range r.Sections() {
		fmt.Fprintf(&b, "\n%s\n", p.Text(s.Title()))
		for _, result := range s.Results {
			result.write(&b, p)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.Summary(p))
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary is the whole in one sentence.
func (r Report) Summary(p *locales.Printer) string {
	return p.Text("doctor.report.summary", "OK", r.Count(OK), "Warnings", r.Count(Warning), "Failed", r.Count(Failed), "Skipped", r.Count(Skipped))
}

func (r Result) write(b *strings.Builder, p *locales.Printer) {
	mark := strings.ToUpper(string(r.State))
	if r.State == OK || r.State == Skipped {
		mark = string(r.State)
	}
	school := ""
	if r.School != "" {
		school = r.School + ": "
	}
	fmt.Fprintf(b, "  %-8s %s%s\n", mark, school, r.What.In(p))
	for _, line := range []struct{ label, text string }{
		{"doctor.report.why", r.Why.In(p)}, {"doctor.report.effect", r.Effect.In(p)}, {"doctor.report.do", r.Do.In(p)},
	} {
		if line.text != "" {
			fmt.Fprintf(b, "           %s %s\n", p.Text(line.label), line.text)
		}
	}
}

// Keep stores the report as the tenant's last one, also when whoever asked for it
// has gone meanwhile.
func (d *Doctor) Keep(ctx context.Context, tenantID string, r Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep the report: %w", err)
	}
	return d.Store.SaveDiagnosis(context.WithoutCancel(ctx), tenantID, string(b), r.At)
}

// Last is the tenant's last report.
func (d *Doctor) Last(ctx context.Context, tenantID string) (r Report, found bool, err error) {
	text, found, err := d.Store.FindDiagnosis(ctx, tenantID)
	if err != nil || !found {
		return Report{}, false, err
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Report{}, false, fmt.Errorf("the last report: %w", err)
	}
	return r, true, nil
}

// Shown is the report in words, for scripts.
type Shown struct {
	At      time.Time     `json:"at"`
	URL     string        `json:"url"`
	Version string        `json:"version"`
	Results []ShownResult `json:"results"`
}

// ShownResult is a Result in words.
type ShownResult struct {
	Check  string `json:"check"`
	Group  Group  `json:"group"`
	School string `json:"school,omitempty"`
	State  State  `json:"state"`
	What   string `json:"what"`
	Why    string `json:"why,omitempty"`
	Effect string `json:"effect,omitempty"`
	Do     string `json:"do,omitempty"`
}

// Shown puts the report into words.
func (r Report) Shown(p *locales.Printer) Shown {
	s := Shown{At: r.At, URL: r.URL, Version: r.Version, Results: []ShownResult{}}
	for _, x := range r.Results {
		s.Results = append(s.Results, ShownResult{x.Check, x.Group, x.School, x.State, x.What.In(p), x.Why.In(p), x.Effect.In(p), x.Do.In(p)})
	}
	return s
}
