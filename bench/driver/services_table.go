//go:build linux

package main

import (
	"fmt"
	"io"
)

// print writes the table of the services, and how far from the floor they are.
func (r serviceResults) print(w io.Writer) {
	who := []string{onFloor, onSQLite, onPostgres}
	lines := [][]string{append([]string{fmt.Sprintf("median (min–max) of %d", serviceRounds)}, who...), {}}
	for _, done := range []string{readFirst, readAgain, sendScores} {
		for _, row := range serviceRows() {
			line := []string{done + ", " + row.name}
			for _, by := range who {
				line = append(line, r.cell(done, by, row))
			}
			lines = append(lines, line)
		}
	}
	writeTable(w, lines)
	fmt.Fprintln(w)
	for _, done := range []string{readFirst, readAgain, sendScores} {
		for _, by := range who[1:] {
			fmt.Fprintln(w, r.ratio(done, by))
		}
	}
}

// serviceRow is a number of a piece of work.
type serviceRow struct {
	name     string
	decimals int
	value    func(work) float64
}

func serviceRows() []serviceRow {
	return []serviceRow{
		{"ms", 0, func(w work) float64 { return milliseconds(w.took) }},
		{"CPU ms", 0, func(w work) float64 { return milliseconds(w.cpu) }},
		{"PostgreSQL CPU ms", 0, func(w work) float64 { return milliseconds(w.postgres) }},
		{"peak memory MiB", 0, func(w work) float64 { return float64(w.peak) / mib }},
		{"calls of the LMS", 0, func(w work) float64 { return float64(w.calls) }},
	}
}

func (r serviceResults) cell(done, by string, row serviceRow) string {
	if row.name == "PostgreSQL CPU ms" && by != onPostgres {
		return none
	}
	return r.spread(done, by, row.value).format(row.decimals)
}

func (r serviceResults) spread(done, by string, value func(work) float64) spread {
	var values []float64
	for _, w := range r[done][by] {
		values = append(values, value(w))
	}
	if len(values) == 0 {
		return spread{}
	}
	return spreadOfValues(values)
}

func (r serviceResults) ratio(done, by string) string {
	of := func(by string, value func(work) float64) float64 { return r.spread(done, by, value).median }
	took := func(w work) float64 { return milliseconds(w.took) }
	cpu := func(w work) float64 { return milliseconds(w.cpu) }
	return fmt.Sprintf("%s, %s: %.1f times the floor's time, %.1f times its CPU time",
		done, by, of(by, took)/of(onFloor, took), of(by, cpu)/of(onFloor, cpu))
}
