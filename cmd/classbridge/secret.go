package main

import (
	"fmt"
	"io"
	"os"
)

// longestSecret is how much is read of a secret: the wrong file may be large.
const longestSecret = 64 << 10

// secret reads a secret from where the command line says it is.
func (p *program) secret(value, file, variable string) (string, error) {
	switch {
	case value != "":
		return value, nil
	case variable != "":
		if p.env[variable] == "" {
			return "", usageError{fmt.Errorf("the environment variable %s is not set", variable)}
		}
		return p.env[variable], nil
	case file == "-":
		return readSecret(p.in)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", usageError{err}
	}
	defer f.Close()
	return readSecret(f)
}

func readSecret(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, longestSecret))
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	return string(b), nil
}
