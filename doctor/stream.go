package doctor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
	"time"
)

// A test stream: how many events, and how far apart they are sent.
const (
	StreamEvents = 4
	StreamPace   = 250 * time.Millisecond
)

const maxStream = 64 << 10

// CheckStream looks whether live pages pass the proxy: events must come one by one
// (HTML Standard §9.2, server-sent events), not all together at the end.
func (d *Doctor) CheckStream(ctx context.Context) Result {
	c := addressCheck("address.stream")
	ctx, cancel := within(ctx)
	defer cancel()
	arrived, err := d.readStream(ctx)
	switch {
	case err != nil && len(arrived) == 0 && d.troubleOf(err) != tooSlow:
		return c.failed("doctor.address.stream_broken", "Error", cause(err))
	case len(arrived) < StreamEvents:
		return c.failed("doctor.address.stream_lost", "Events", strconv.Itoa(len(arrived)), "Sent", strconv.Itoa(StreamEvents))
	case arrived[StreamEvents-1].Sub(arrived[0]) < (StreamEvents-1)*StreamPace/2:
		return c.failed("doctor.address.stream_buffered")
	}
	return c.ok("doctor.address.stream")
}

// readStream answers when each event arrived.
func (d *Doctor) readStream(ctx context.Context) (arrived []time.Time, err error) {
	_, address, err := d.probe(PathStream)
	if err != nil {
		return nil, err
	}
	resp, err := d.get(ctx, address, "Accept", "text/event-stream")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "text/event-stream" || resp.StatusCode != 200 {
		return nil, fmt.Errorf("HTTP status %d and %q in place of a stream", resp.StatusCode, kind)
	}
	lines := bufio.NewScanner(io.LimitReader(resp.Body, maxStream))
	for len(arrived) < StreamEvents && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") {
			arrived = append(arrived, time.Now()) // not d.Now: what counts is the time between them
		}
	}
	return arrived, errors.Join(lines.Err(), ctx.Err())
}

// MayStream reports whether it is we who ask for the test stream.
func (d *Doctor) MayStream(token string) error {
	_, err := d.Answer(token, Echo{})
	return err
}
