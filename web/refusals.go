package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// How many refusals an address may cause at once and in the long run, and how
// many addresses are remembered. A campus behind one address with a wrong
// setting stays readable; a flood is answered shortly and fills no log.
const (
	refusalBurst    = 120
	refusalRate     = rate.Limit(2) // a second
	refusalsTracked = 10_000
)

// budget bounds the refusals of each address. It is asked only when something
// is refused, so it can never delay what is good; but for sign-ins at the chat,
// which are exchanged with it before anything is known of who asks.
type budget struct {
	now func() time.Time

	mu     sync.Mutex
	recent *list.List // of *spending, the latest first
	known  map[netip.Addr]*list.Element
}

type spending struct {
	address netip.Addr
	limiter *rate.Limiter
	held    int // for what is not yet decided
}

func newBudget(now func() time.Time) *budget {
	return &budget{now: now, recent: list.New(), known: map[netip.Addr]*list.Element{}}
}

// allow reports whether one more refusal may be answered in full.
func (b *budget) allow(address netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of(address).limiter.AllowN(b.now(), 1)
}

// hold sets a refusal aside for what costs somebody else something before it is
// known whether it is good. release gives it back; a refusal is then counted as any.
func (b *budget) hold(address netip.Addr) (release func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.of(address)
	if s.limiter.TokensAt(b.now()) < float64(s.held+1) {
		return nil, false
	}
	s.held++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		s.held--
	}, true
}

// of finds the spending of an address, the latest.
func (b *budget) of(address netip.Addr) *spending {
	if e, ok := b.known[address]; ok {
		b.recent.MoveToFront(e)
		return e.Value.(*spending)
	}
	s := &spending{address: address, limiter: rate.NewLimiter(refusalRate, refusalBurst)}
	b.known[address] = b.recent.PushFront(s)
	b.forgetOldest()
	return s
}

func (b *budget) forgetOldest() {
	if b.recent.Len() <= refusalsTracked {
		return
	}
	e := b.recent.Back()
	delete(b.known, e.Value.(*spending).address)
	b.recent.Remove(e)
}

// address is where the request comes from. An IPv6 customer has a whole /64.
func (s *Server) address(c *gin.Context) netip.Addr {
	a, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return netip.Addr{}
	}
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
