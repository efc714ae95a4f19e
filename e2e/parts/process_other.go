//go:build !linux

package parts

import "syscall"

// diesWithUs needs a kernel that watches parents.
func diesWithUs() *syscall.SysProcAttr { return nil }
