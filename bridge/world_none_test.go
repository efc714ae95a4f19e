//go:build !e2e

package bridge_test

import "testing"

// realWorld needs the real server: see world_real_test.go.
var realWorld func(*testing.T) *world
