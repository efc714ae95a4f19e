package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"classbridge/lti"
)

// platformPresets lists the LMSs whose addresses are known.
type platformPresets struct {
	Name string `arg:"" optional:"" help:"One of them: says what to fill into its form, and what to bring back."`
	JSON bool   `name:"json" help:"For scripts."`
}

// shownPreset is a preset for scripts.
type shownPreset struct {
	Name  string          `json:"name"`
	LMS   string          `json:"lms"`
	Needs []string        `json:"needs"` // options of: classbridge platform add
	Where string          `json:"where"`
	Form  []lti.FormField `json:"form"`
	Doc   string          `json:"doc"`
}

func newShownPreset(p lti.Preset, tool lti.Tool) shownPreset {
	form := p.Form(&tool)
	return shownPreset{Name: p.Name, LMS: p.LMS, Needs: p.Needs(), Where: form.Where, Form: form.Fields, Doc: docOf(p)}
}

// docOf is where the manual says more.
func docOf(p lti.Preset) string {
	name, _, _ := strings.Cut(p.Name, "-")
	return "docs/lms/" + name + ".md"
}

// Run implements the command.
func (c platformPresets) Run(p *program) error {
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	tool := lti.Tool{URL: cfg.URL}
	if c.Name != "" {
		preset, err := findPreset(c.Name)
		if err != nil {
			return err
		}
		return c.one(p, newShownPreset(preset, tool))
	}
	shown, rows := []shownPreset{}, [][]string{}
	for _, preset := range lti.Presets() {
		s := newShownPreset(preset, tool)
		shown = append(shown, s)
		rows = append(rows, []string{s.Name, options(s.Needs), s.LMS})
	}
	if c.JSON {
		return p.printJSON(shown)
	}
	p.printTable("PRESET NEEDS LMS", rows)
	return nil
}

func (c platformPresets) one(p *program, s shownPreset) error {
	if c.JSON {
		return p.printJSON(s)
	}
	printForm(p, lti.ToolForm{Where: s.Where, Fields: s.Form}, s.LMS)
	fmt.Fprintf(p.out, "\nThen: classbridge platform add --preset %s", s.Name)
	for _, need := range s.Needs {
		fmt.Fprintf(p.out, " --%s …", need)
	}
	fmt.Fprintf(p.out, "\nMore in %s\n", s.Doc)
	return nil
}

func findPreset(name string) (lti.Preset, error) {
	preset, found := lti.FindPreset(name)
	if !found {
		return lti.Preset{}, usageError{fmt.Errorf("there is no preset %q: classbridge platform presets", name)}
	}
	return preset, nil
}

func options(names []string) string {
	var all []string
	for _, n := range names {
		all = append(all, "--"+n)
	}
	return strings.Join(all, " ")
}

// printForm prints it to be copied from.
func printForm(p *program, f lti.ToolForm, lms string) {
	fmt.Fprintf(p.out, "In %s: %s\n", lms, f.Where)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, field := range f.Fields {
		for i, line := range strings.Split(field.Value, "\n") {
			label := field.Label
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(w, "  %s\t%s\n", label, line)
		}
	}
	w.Flush()
}
