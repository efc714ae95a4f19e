package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var metricName = regexp.MustCompile(`classbridge_[a-z_]+`)

// described are the descriptions of all numbers.
func described(m *metrics) (all []string) {
	descriptions := make(chan *prometheus.Desc, 200)
	m.registry.Describe(descriptions)
	close(descriptions)
	for d := range descriptions {
		all = append(all, d.String())
	}
	return all
}

// What is shipped for Prometheus and Grafana asks for numbers that there are.
func TestMonitoringAsksForWhatThereIs(t *testing.T) {
	m := newMetrics()
	m.watch(nil)
	families := map[string]bool{"classbridge_build_info": true}
	for _, d := range described(m) {
		families[metricName.FindString(d)] = true
	}
	for _, file := range []string{"prometheus.rules.yml", "grafana.json"} {
		content, err := os.ReadFile("../../docs/monitoring/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(content) {
			t.Errorf("%s is no JSON", file)
		}
		names := metricName.FindAllString(string(content), -1)
		if len(names) < 5 {
			t.Errorf("%s asks for %d numbers only", file, len(names))
		}
		for _, name := range names {
			base := strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")
			if !families[base] {
				t.Errorf("%s asks for %s, which is not measured", file, name)
			}
		}
	}
}
