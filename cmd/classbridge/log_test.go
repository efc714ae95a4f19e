package main

import (
	"log/slog"
	"strings"
	"testing"
)

func TestLogLeavesSecretsOut(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var b strings.Builder
		log := newLogger(config{LogFormat: format}, &b)
		log.Info("hello", "token", "v1", "bbb_secret", "v2", "Authorization", "v3", "join_url", "v4", slog.Group("user", "password", "v5", "email", "v6"), "room", "shown")
		for _, v := range []string{"v1", "v2", "v3", "v4", "v5", "v6"} {
			if strings.Contains(b.String(), v) {
				t.Errorf("%s: the log holds %s: %s", format, v, &b)
			}
		}
		if !strings.Contains(b.String(), "shown") {
			t.Errorf("%s: %s", format, &b)
		}
	}
}

func TestLogLevel(t *testing.T) {
	var b strings.Builder
	newLogger(config{level: slog.LevelWarn}, &b).Info("hello")
	if b.Len() > 0 {
		t.Errorf("level warn lets info through: %s", &b)
	}
}
