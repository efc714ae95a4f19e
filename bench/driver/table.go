//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// row is one line of the table: what is measured, then the cell of each tool.
type row struct {
	name string
	cell func(*tool) string
}

const (
	none = "–"
	mib  = 1 << 20
)

// print writes the table, which is Markdown too, and the verdicts.
func (r *results) print(w io.Writer) {
	lines := [][]string{{fmt.Sprintf("median (min–max) of %d", r.rounds)}, {}}
	for _, t := range r.tools {
		lines[0] = append(lines[0], t.name)
	}
	for _, row := range r.rows() {
		line := []string{row.name}
		for _, t := range r.tools {
			line = append(line, row.cell(t))
		}
		lines = append(lines, line)
	}
	writeTable(w, lines)
	fmt.Fprintln(w)
	for _, t := range targets {
		fmt.Fprintln(w, r.verdict(t))
	}
}

func (r *results) rows() []row {
	var rows []row
	for _, browsers := range loads {
		of := fmt.Sprintf(", %d at once", browsers)
		if browsers == 1 {
			of = ", one by one"
		}
		rows = append(rows,
			row{"launches/s" + of, r.launch(browsers, 0, rate)},
			row{"p50 ms" + of, r.launch(browsers, 1, func(s sample) float64 { return milliseconds(s.p50) })},
			row{"p99 ms" + of, r.launch(browsers, 1, func(s sample) float64 { return milliseconds(s.p99) })},
			row{"CPU ms/launch" + of, r.launch(browsers, 2, toolCPU)},
			row{"PostgreSQL CPU ms/launch" + of, r.launch(browsers, 2, func(s sample) float64 { return milliseconds(s.postgres) })},
			row{"driver's share of its core, %" + of, r.launch(browsers, 0, func(s sample) float64 { return 100 * s.busy })},
		)
	}
	return append(append(rows, r.joinRows()...), serverRows()...)
}

func (r *results) launch(browsers, decimals int, value func(sample) float64) func(*tool) string {
	return func(t *tool) string {
		return spreadOf(r.launches[load{t.name, browsers}], value).format(decimals)
	}
}

func (r *results) joinRows() []row {
	of := fmt.Sprintf(", %d at once", joinBrowsers)
	return []row{
		{"join clicks/s" + of, r.join(0, rate)},
		{"p99 ms of a join click" + of, r.join(1, func(s sample) float64 { return milliseconds(s.p99) })},
		{"CPU ms/join click" + of, r.join(2, toolCPU)},
	}
}

func (r *results) join(decimals int, value func(sample) float64) func(*tool) string {
	return func(t *tool) string {
		if !t.hasRooms {
			return none
		}
		return spreadOf(r.joins, value).format(decimals)
	}
}

func serverRows() []row {
	return []row{
		{"start to ready, ms", func(t *tool) string {
			values := make([]float64, 0, len(t.server.startTimes))
			for _, d := range t.server.startTimes {
				values = append(values, milliseconds(d))
			}
			return spreadOfValues(values).format(0)
		}},
		{"memory after 10 s of nothing, MiB", func(t *tool) string { return fmt.Sprintf("%.0f", float64(t.server.idle)/mib) }},
		{"memory after all launches, MiB", func(t *tool) string { return fmt.Sprintf("%.0f", float64(t.server.loaded)/mib) }},
		{"CPU in 10 s of nothing, ms", func(t *tool) string { return fmt.Sprint(t.server.idleCPU.Milliseconds()) }},
		{"size of the program, MiB", func(t *tool) string {
			if t.server.size == 0 {
				return none
			}
			return fmt.Sprintf("%.1f", float64(t.server.size)/mib)
		}},
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// writeTable pads the cells; the second line is the rule below the head.
func writeTable(w io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for i, line := range lines {
		if i == 1 {
			line = make([]string, len(widths))
			for j := range line {
				line[j] = strings.Repeat("-", widths[j])
			}
		}
		for j, cell := range line {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
	}
}
