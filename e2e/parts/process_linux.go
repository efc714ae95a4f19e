package parts

import "syscall"

// diesWithUs has the kernel kill a child when the test is killed, which runs
// no clean-up.
func diesWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
