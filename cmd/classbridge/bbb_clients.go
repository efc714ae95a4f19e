package main

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"classbridge/bbb"
	"classbridge/classroom"
)

// bbbClients keeps one client a server: it holds the lanes and the memory of
// what fails. A server that was changed gets a new one.
type bbbClients struct {
	http    func(tenantID string) *http.Client
	observe func(call, result string, took time.Duration)

	mu      sync.Mutex
	clients map[string]bbbClient // by server
}

type bbbClient struct {
	*bbb.Client
	of time.Time // classroom.Server.UpdatedAt
}

// client is classroom.Classroom.BBB. A server that is only tried has no id: its
// client is not kept.
func (b *bbbClients) client(s classroom.Server) *bbb.Client {
	if s.ID == "" {
		return newBBBClient(s, b.http(s.TenantID), b.observe)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, found := b.clients[s.ID]; found && c.of.Equal(s.UpdatedAt) {
		return c.Client
	}
	if b.clients == nil {
		b.clients = map[string]bbbClient{}
	}
	c := bbbClient{newBBBClient(s, b.http(s.TenantID), b.observe), s.UpdatedAt}
	b.clients[s.ID] = c
	return c.Client
}

func newBBBClient(s classroom.Server, h *http.Client, observe func(string, string, time.Duration)) *bbb.Client {
	return &bbb.Client{URL: s.URL, Secrets: slices.Clone(s.Secrets), Hash: bbb.Hash(s.Hash), HTTP: h, Observe: observe}
}
