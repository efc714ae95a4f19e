package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// told is what a piece of work took.
type told struct {
	Took, CPU time.Duration
	Peak      int64 // bytes
	Did       int   // members or scores
}

// services does one piece of work with an LMS's services, without any logic, and
// writes what it took. Its arguments: members URL, or scores URL.
func services(args []string) error {
	started, before := time.Now(), usage()
	did, err := 0, fmt.Errorf("floor %s: members URL, or scores URL", strings.Join(args, " "))
	switch {
	case len(args) == 2 && args[0] == "members":
		did, err = members(args[1])
	case len(args) == 2 && args[0] == "scores":
		did, err = scores(args[1], 300)
	}
	if err != nil {
		return err
	}
	after := usage()
	return json.NewEncoder(os.Stdout).Encode(told{
		Took: time.Since(started), CPU: cpu(after) - cpu(before), Peak: after.Maxrss << 10, Did: did,
	})
}

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for nobody who asks about itself
	return u
}

func cpu(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }

// members fetches all pages of a roster and decodes them.
func members(next string) (n int, err error) {
	type member struct {
		Status, Name, Email string

		UserID string `json:"user_id"`
		Given  string `json:"given_name"`
		Family string `json:"family_name"`
		Roles  []string
	}
	for next != "" {
		answer, err := http.Get(next)
		if err != nil {
			return n, err
		}
		var page struct{ Members []member }
		err = json.NewDecoder(answer.Body).Decode(&page)
		_, _ = io.Copy(io.Discard, answer.Body) // so that the connection is used again
		answer.Body.Close()
		if err != nil {
			return n, err
		}
		n += len(page.Members)
		address, found := strings.CutSuffix(answer.Header.Get("Link"), `>; rel="next"`)
		if next = ""; found {
			next = strings.TrimPrefix(address, "<")
		}
	}
	return n, nil
}

// scores posts so many, one after the other.
func scores(address string, n int) (int, error) {
	for i := range n {
		body, err := json.Marshal(map[string]any{
			"userId": fmt.Sprint(i), "scoreGiven": 0, "scoreMaximum": 100, "timestamp": time.Now().UTC(),
			"activityProgress": "Completed", "gradingProgress": "FullyGraded",
		})
		if err != nil {
			return i, err
		}
		answer, err := http.Post(address, "application/vnd.ims.lis.v1.score+json", bytes.NewReader(body))
		if err != nil {
			return i, err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	return n, nil
}
