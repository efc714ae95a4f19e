package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminal asks a person, or reads the answers from a script, one a line.
type terminal struct {
	in    *bufio.Reader
	out   io.Writer
	typed *os.File // nil when the answers do not come from a keyboard
}

func (p *program) terminal() *terminal {
	t := &terminal{in: bufio.NewReader(p.in), out: p.err}
	if f, ok := p.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.typed = f
	}
	return t
}

func (t *terminal) ask(question string) (string, error) {
	fmt.Fprint(t.out, question)
	line, err := t.in.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	if errors.Is(err, io.EOF) {
		err = usageError{errors.New("an answer is needed, and standard input has none (--yes answers for scripts)")}
	}
	return strings.TrimRight(line, "\r\n"), err
}

// askSecret does not show what is typed.
func (t *terminal) askSecret(question string) (string, error) {
	if t.typed == nil {
		return t.ask(question)
	}
	fmt.Fprint(t.out, question)
	b, err := term.ReadPassword(int(t.typed.Fd()))
	fmt.Fprintln(t.out)
	return string(b), err
}
