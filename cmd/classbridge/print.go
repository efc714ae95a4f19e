package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printTable writes rows under a headline, in columns.
func (p *program) printTable(head string, rows [][]string) {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(head, " ", "\t"))
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	w.Flush()
}

// warn is for a person: what went well all the same.
func (p *program) warn(format string, args ...any) {
	fmt.Fprintf(p.err, "warning: "+format+"\n", args...)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}
