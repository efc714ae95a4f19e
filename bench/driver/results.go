//go:build linux

package main

import (
	"fmt"
	"slices"
)

// load is one tool with so many browsers.
type load struct {
	tool     string
	browsers int
}

// results are all samples of a run.
type results struct {
	tools    []*tool
	rounds   int
	launches map[load][]sample
	joins    []sample // of the tool that has rooms
}

// spread is what several measurements of one thing say.
type spread struct{ median, min, max float64 }

func spreadOf(samples []sample, value func(sample) float64) spread {
	if len(samples) == 0 {
		return spread{}
	}
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return spreadOfValues(values)
}

func spreadOfValues(values []float64) spread {
	slices.Sort(values)
	n := len(values)
	return spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

func (s spread) format(decimals int) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", decimals, s.median, decimals, s.min, decimals, s.max)
}

func rate(s sample) float64    { return s.rate }
func toolCPU(s sample) float64 { return float64(s.tool.Microseconds()) / 1000 }

// target is what the program must reach, in launches per second of another tool.
type target struct {
	name    string
	against string
	factor  float64
}

// ltijs has two lines: set up as its manual shows, and as fast as it can be.
var targets = []target{
	{"at least 10 times ltijs with a key set", "ltijs, key set", 10},
	{"at least 10 times ltijs with a fixed key", "ltijs, fixed key", 10},
	{"at least half of the floor", "floor", 0.5},
}

const targetBrowsers = 8

// verdict says how far the target was reached: in launches per second, which is
// what counts, and by the CPU time of a launch, which other work on the machine
// disturbs less.
func (r *results) verdict(t target) string {
	ours := r.launches[load{"classbridge", targetBrowsers}]
	theirs := r.launches[load{t.against, targetBrowsers}]
	if len(ours) == 0 || len(theirs) == 0 {
		return t.name + ": not measured"
	}
	reached := spreadOf(ours, rate).median / spreadOf(theirs, rate).median
	byCPU := spreadOf(theirs, toolCPU).median / spreadOf(ours, toolCPU).median
	word := "MISSED"
	if reached >= t.factor {
		word = "met"
	}
	return fmt.Sprintf("%s: %s (%.2f times the launches per second, %.2f times as many for the same CPU time)", t.name, word, reached, byCPU)
}
