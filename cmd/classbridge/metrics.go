package main

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what the program counts. Labels are words of ours, never ids,
// names or addresses of people.
type metrics struct {
	registry   *prometheus.Registry
	launches   *prometheus.CounterVec
	joins      *prometheus.CounterVec
	signIns    *prometheus.CounterVec
	bbb        *prometheus.HistogramVec
	mattermost *prometheus.HistogramVec
}

func newMetrics() *metrics {
	calls := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name, Help: help, Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"call", "result"})
	}
	count := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		launches:   count("classbridge_launches_total", "Launches by result, and why they were refused.", "result", "reason"),
		joins:      count("classbridge_joins_total", "Clicks that lead into a meeting, by the way they came and result.", "way", "result"),
		signIns:    count("classbridge_sign_ins_total", "Sign-ins to the console by the way and result.", "way", "result"),
		bbb:        calls("classbridge_bbb_call_seconds", "Calls to BigBlueButton by call and result."),
		mattermost: calls("classbridge_mattermost_call_seconds", "Calls to Mattermost by call and result."),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "classbridge_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": currentVersion(), "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.launches, m.joins, m.signIns, m.bbb, m.mattermost, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) launched(result, reason string) { m.launches.WithLabelValues(result, reason).Inc() }
func (m *metrics) joined(way, result string)      { m.joins.WithLabelValues(way, result).Inc() }
func (m *metrics) signedIn(way, result string)    { m.signIns.WithLabelValues(way, result).Inc() }

func (m *metrics) calledBBB(call, result string, took time.Duration) {
	m.bbb.WithLabelValues(call, result).Observe(took.Seconds())
}

func (m *metrics) calledMattermost(call, result string, took time.Duration) {
	m.mattermost.WithLabelValues(call, result).Observe(took.Seconds())
}

// backlog is what waits: asked of the database when somebody scrapes.
type backlog struct {
	queued           int
	oldestQueued     time.Duration
	recordings       int // meetings whose recording is awaited
	oldestRecording  time.Duration
	recordingsOnDisk int64 // bytes, as BigBlueButton tells them
}

// scrapeTime bounds the questions that one scrape asks.
const scrapeTime = 5 * time.Second

// watch adds the backlog to the registry.
func (m *metrics) watch(read func(context.Context) (backlog, error)) {
	m.registry.MustRegister(&backlogCollector{
		read:       read,
		queued:     prometheus.NewDesc("classbridge_queue_jobs", "Jobs that are due and not done.", nil, nil),
		oldest:     prometheus.NewDesc("classbridge_queue_oldest_seconds", "How long the oldest of them has been due.", nil, nil),
		waiting:    prometheus.NewDesc("classbridge_recordings_waiting", "Meetings whose recording is being processed.", nil, nil),
		oldestWait: prometheus.NewDesc("classbridge_recordings_waiting_oldest_seconds", "How long the oldest of them has waited.", nil, nil),
		bytes:      prometheus.NewDesc("classbridge_recordings_bytes", "Size of all known recordings, where BigBlueButton tells it.", nil, nil),
	})
}

type backlogCollector struct {
	read                                       func(context.Context) (backlog, error)
	queued, oldest, waiting, oldestWait, bytes *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *backlogCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.queued, c.oldest, c.waiting, c.oldestWait, c.bytes} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. A database that does not answer
// fails the scrape: silence must not look like an empty queue.
func (c *backlogCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	b, err := c.read(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(c.queued, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(c.queued, float64(b.queued))
	gauge(c.oldest, b.oldestQueued.Seconds())
	gauge(c.waiting, float64(b.recordings))
	gauge(c.oldestWait, b.oldestRecording.Seconds())
	gauge(c.bytes, float64(b.recordingsOnDisk))
}
