package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the linker (-X main.version=…).
var version string

// currentVersion is the version that the linker was given, else what Go knows of the source.
func currentVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "unknown"
}

// versionCommand prints what runs.
type versionCommand struct {
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c versionCommand) Run(p *program) error {
	if c.JSON {
		return p.printJSON(map[string]string{"version": currentVersion(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
	}
	fmt.Fprintf(p.out, "classbridge %s (%s, %s/%s)\n", currentVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
