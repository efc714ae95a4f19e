package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// withFiles lets NAME_FILE stand for NAME: containers are given secrets as files.
// The line break at the end of a file is not part of the value.
func withFiles(environment map[string]string) (map[string]string, error) {
	params, err := env.GetFieldParamsWithOptions(&config{}, env.Options{Environment: environment, Prefix: prefix})
	if err != nil {
		return environment, err
	}
	values := map[string]string{}
	var wrong []error
	for _, p := range params {
		value, err := lookup(environment, p.Key)
		if err != nil {
			wrong = append(wrong, err)
		}
		if value != "" { // set to nothing counts as not set: the default holds
			values[p.Key] = value
		}
	}
	return values, errors.Join(wrong...)
}

func lookup(environment map[string]string, name string) (string, error) {
	value, file := environment[name], environment[name+"_FILE"]
	switch {
	case file == "":
		return value, nil
	case value != "":
		return value, fmt.Errorf("%[1]s and %[1]s_FILE are both set: which one is meant?", name)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", name, err)
	}
	if value = strings.TrimRight(string(content), "\r\n"); value == "" {
		return "", fmt.Errorf("%s_FILE: %s is empty", name, file)
	}
	return value, nil
}
