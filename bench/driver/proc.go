//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc (USER_HZ, 100 on all that Linux runs on).
const tick = 10 * time.Millisecond

// procStat is what we need of /proc/PID/stat (proc_pid_stat(5)).
type procStat struct {
	parent   int
	own      time.Duration // user and system
	children time.Duration // of those that ended and were waited for
}

func readStat(pid int) (procStat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, err
	}
	return parseStat(string(text))
}

// parseStat counts fields from the end of the command's name, which may hold anything.
func parseStat(text string) (procStat, error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const first = 3 // the number of fields[0] in the manual
	if len(fields) < 17-first+1 {
		return procStat{}, fmt.Errorf("stat has %d fields after the name", len(fields))
	}
	var numbers [18]int
	for _, n := range []int{4, 14, 15, 16, 17} {
		v, err := strconv.Atoi(fields[n-first])
		if err != nil {
			return procStat{}, fmt.Errorf("stat: %w", err)
		}
		numbers[n] = v
	}
	return procStat{
		parent:   numbers[4],
		own:      time.Duration(numbers[14]+numbers[15]) * tick,
		children: time.Duration(numbers[16]+numbers[17]) * tick,
	}, nil
}

func cpuTime(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	return s.own, err
}

// residentMemory is what the process holds now, in bytes.
func residentMemory(pid int) (int64, error) { return memory(pid, "VmRSS:") }

// peakMemory is what it held at most since forgetPeak, in bytes.
func peakMemory(pid int) (int64, error) { return memory(pid, "VmHWM:") }

// forgetPeak begins anew with what the process holds now (proc_pid_clear_refs(5)).
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// memory is a line of /proc/PID/status (proc_pid_status(5)).
func memory(pid int, name string) (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no %s", pid, name)
}
