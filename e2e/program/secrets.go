package program

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// Secrets are what the school keeps to itself, each a text that is found
// wherever it turns up.
type Secrets struct {
	MasterKey string // 32 bytes; given to the program in base64
	BBB       string
	OldBBB    string // replaced, but not yet forgotten
	Metrics   string // opens /metrics
	SessKey   string // of the LMS, in the return_url of each launch, before the person's id
}

func newSecrets() Secrets {
	canary := func(what string) string { return "canary" + what + strings.ToLower(rand.Text()) }
	return Secrets{MasterKey: canary("key")[:32], BBB: canary("bbb"), OldBBB: canary("old"), Metrics: canary("metrics"), SessKey: canary("sesskey")}
}

func (s Secrets) masterKey() string { return base64.StdEncoding.EncodeToString([]byte(s.MasterKey)) }
