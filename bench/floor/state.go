package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const stateLife = 10 * time.Minute

// newState is ID.EXPIRY.MAC. Nonce and cookie are derived from it, so that nothing is stored.
func (f *floor) newState() string {
	body := rand.Text() + "." + strconv.FormatInt(f.now().Add(stateLife).Unix(), 36)
	return body + "." + f.mac("state", body)
}

func (f *floor) stateIsGood(state string) bool {
	i := strings.LastIndexByte(state, '.')
	if i < 0 || !hmac.Equal([]byte(state[i+1:]), []byte(f.mac("state", state[:i]))) {
		return false
	}
	_, expiry, _ := strings.Cut(state[:i], ".")
	until, err := strconv.ParseInt(expiry, 36, 64)
	return err == nil && f.now().Unix() < until
}

// mac is the label's code for text: to know one is not to know that of another label.
func (f *floor) mac(label, text string) string {
	h := hmac.New(sha256.New, f.secret)
	h.Write([]byte(label + "\n" + text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
