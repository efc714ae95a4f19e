package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"classbridge/bbb"
)

// clockTolerance: beyond it platforms refuse our assertions (Canvas those of more
// than 30 s in the future), and we their launches.
const clockTolerance = 30 * time.Second

// Source is a server whose clock is compared with ours.
type Source struct {
	Host    string
	Address string
	Client  *http.Client
}

// sources are all the others of a tenant, each host once.
func (d *Doctor) sources(p parts) []Source {
	list := []Source{{Address: d.URL + "/robots.txt", Client: d.HTTP}}
	for _, s := range p.servers {
		if endpoint, err := bbb.Endpoint(s.URL); err == nil {
			list = append(list, Source{Address: endpoint, Client: d.TenantHTTP(s.TenantID)})
		}
	}
	if p.hasChat {
		list = append(list, Source{Address: strings.TrimRight(p.chat.URL, "/") + "/api/v4/system/ping", Client: d.TenantHTTP(p.chat.TenantID)})
	}
	for _, lms := range p.platforms {
		client := d.PublicHTTP
		if lms.OnPremises {
			client = d.OnPremisesHTTP
		}
		list = append(list, Source{Address: lms.JWKSURL, Client: client})
	}
	return eachOnce(list)
}

func eachOnce(list []Source) []Source {
	var once []Source
	for _, s := range list {
		u, err := url.Parse(s.Address)
		if err != nil || u.Host == "" {
			continue
		}
		s.Host = u.Host
		if !slices.ContainsFunc(once, func(o Source) bool { return o.Host == s.Host }) {
			once = append(once, s)
		}
	}
	return once
}

// offset is by how much a server's clock is ahead of ours.
type offset struct {
	host  string
	by    time.Duration
	known bool
}

// CheckClock compares our clock with the Date of the others' answers (RFC 9110 §6.6.1).
func (d *Doctor) CheckClock(ctx context.Context, sources []Source) Result {
	c := addressCheck("address.clock")
	ctx, cancel := within(ctx)
	defer cancel()
	offsets := d.offsets(ctx, sources)
	var wrong []string
	for _, o := range offsets {
		if o.by.Abs() > clockTolerance {
			wrong = append(wrong, fmt.Sprintf("%s %+d s", o.host, int(o.by/time.Second)))
		}
	}
	switch {
	case len(offsets) == 0:
		return c.skipped("doctor.address.clock_unknown")
	case len(wrong) == 0:
		return c.ok("doctor.address.clock", "Servers", strconv.Itoa(len(offsets)))
	case len(wrong)*2 > len(offsets):
		return c.warning("doctor.address.clock_ours", "Offsets", strings.Join(wrong, ", "))
	}
	return c.warning("doctor.address.clock_theirs", "Offsets", strings.Join(wrong, ", "))
}

func (d *Doctor) offsets(ctx context.Context, sources []Source) []offset {
	found := make([]offset, len(sources))
	var all sync.WaitGroup
	for i, s := range sources {
		all.Go(func() { found[i] = d.offsetOf(ctx, s) })
	}
	all.Wait()
	return slices.DeleteFunc(found, func(o offset) bool { return !o.known })
}

func (d *Doctor) offsetOf(ctx context.Context, s Source) offset {
	asked := d.Now()
	resp, err := d.getBy(ctx, s.Client, s.Address)
	if err != nil {
		return offset{}
	}
	resp.Body.Close()
	answered := d.Now()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || answered.Sub(asked) > clockTolerance/2 {
		return offset{}
	}
	return offset{s.Host, date.Sub(asked.Add(answered.Sub(asked) / 2)), true}
}
