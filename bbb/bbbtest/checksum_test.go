package bbbtest_test

import (
	"strings"
	"testing"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

// The digests were computed with coreutils.
func TestChecksums(t *testing.T) {
	const query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
	const (
		sha1   = "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"
		sha256 = "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"
		sha384 = "891ac633df39d0a1b4f8d597f3e190833216c4b29c4fb51ea3ca72757eeb958d6e7b49a845cf29f5c6019c7d29d029d1"
		sha512 = "de73ad61d11a5c801b68d4bd6ec5248546085cefb0b25c85f3c46249ea93a3a4b120f92c0a8a58d7512cb77821884951a3b01245f3435dbbef49fff3cc3988b4"
		spaced = "99ef8fb30893e29923a002b11e48b0be4fecfd3d72b69fa7201808775d4f7059"
	)
	const both, one, neither = 2, 1, 0
	for name, c := range map[string]struct {
		query string
		good  int // at how many of BigBlueButton and Scalelite
	}{
		"sha1":                {query + "&checksum=" + sha1, both},
		"sha256":              {query + "&checksum=" + sha256, both},
		"sha384":              {query + "&checksum=" + sha384, one},
		"sha512":              {query + "&checksum=" + sha512, both},
		"in front":            {"checksum=" + sha256 + "&" + query, both},
		"in the middle":       {strings.Replace(query, "&meeting", "&checksum="+sha256+"&meeting", 1), both},
		"upper case":          {query + "&checksum=" + strings.ToUpper(sha256), one},
		"%20":                 {strings.Replace(query, "+", "%20", 1) + "&checksum=" + spaced, both},
		"%20 hashed as +":     {strings.Replace(query, "+", "%20", 1) + "&checksum=" + sha256, neither},
		"one more parameter":  {query + "&record=true&checksum=" + sha256, neither},
		"other order":         {"meetingID=abc123&name=Test+Meeting&attendeePW=111222&moderatorPW=333444&checksum=" + sha256, neither},
		"twice":               {query + "&checksum=" + sha256 + "&checksum=" + sha256, neither},
		"none":                {query, neither},
		"empty":               {query + "&checksum=", neither},
		"no known length":     {query + "&checksum=" + sha256[1:], neither},
		"other digest":        {query + "&checksum=" + strings.Repeat("0", 64), neither},
		"parameter alike":     {query + "&xchecksum=" + sha256, neither},
		"checksum of nothing": {"checksum=" + sha256, neither},
	} {
		good := 0
		for _, scalelite := range []bool{false, true} {
			w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
			status, text, _ := w.get(w.url + "/bigbluebutton/api/create?" + c.query)
			if status != 200 {
				t.Errorf("%s: HTTP %d", name, status)
			}
			switch {
			case strings.Contains(text, "<returncode>SUCCESS</returncode>"):
				good++
			case !strings.Contains(text, "checksumError"):
				t.Errorf("%s: %s", name, text)
			}
		}
		if good != c.good {
			t.Errorf("%s: accepted by %d, want %d", name, good, c.good)
		}
	}
}

func TestSecretsAndHashes(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Scalelite: true, Secrets: []string{"new", "old"}})
	w.client.Secrets = []string{"old"}
	if err := w.client.Test(t.Context()); err != nil {
		t.Errorf("the old secret: %v", err)
	}
	w = newWorld(t, bbbtest.Config{Hashes: []string{"sha512"}})
	if _, err := w.client.IsRunning(t.Context(), "abc123"); err == nil {
		t.Error("a hash that is switched off is accepted")
	}
	other := &bbb.Client{URL: w.url, Secrets: []string{secret}, Hash: bbb.SHA512}
	if err := other.Test(t.Context()); err != nil {
		t.Errorf("the hash that is on: %v", err)
	}
}

func TestUnsignedAndUnknown(t *testing.T) {
	for _, scalelite := range []bool{false, true} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		for _, path := range []string{"/bigbluebutton/api", "/bigbluebutton/api/"} {
			if _, text, _ := w.get(w.url + path); !strings.Contains(text, "<version>2.0</version>") {
				t.Errorf("%s: %s", path, text)
			}
		}
		_, text, _ := w.get(w.url + "/bigbluebutton/api/hooks/create?checksum=x")
		if want := map[bool]string{false: "404 Not Found", true: "unsupportedRequest"}[scalelite]; !strings.Contains(text, want) {
			t.Errorf("hooks: %s", text)
		}
	}
}
