package lti_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

const dlClaim = "https://purl.imsglobal.org/spec/lti-dl/claim/"

// opened checks a token of ours as a platform does, and returns what it says.
func opened(t testing.TB, token string, key lti.ToolKey) (header, payload map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.Private.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		t.Fatal(err)
	}
	for i, into := range []*map[string]any{&header, &payload} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	return header, payload
}

func ownKey(t testing.TB) lti.ToolKey {
	t.Helper()
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// recordedDoor reads what was recorded of a real Moodle.
func recordedDoor(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "moodle-4.5", "doors", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// A real Moodle has taken the recorded answer: ours is the same, with other
// times and nonces, and without the window that Moodle ignores.
func TestDeepLinkingResponseLikeTheOneMoodleTook(t *testing.T) {
	w, key := newWorld(t), ownKey(t)
	var want map[string]any
	recordedDoor(t, "deep-linking-response.json", &want)
	item := want[dlClaim+"content_items"].([]any)[0].(map[string]any)
	delete(item, "window")
	token, err := w.tool.SignDeepLinking(key, lti.DeepLinkingResponse{
		Platform:     lti.Platform{ClientID: want["iss"].(string), Issuer: want["aud"].(string)},
		DeploymentID: "8",
		Message:      "Chosen",
		Items: []lti.ContentItem{{
			Title: "Picked room 1", Text: "Chosen by deep linking", URL: item["url"].(string), Custom: map[string]string{"room": "room-1"},
			LineItem: &lti.ContentLineItem{Label: "Picked room 1", ResourceID: "res-1", Tag: "attendance", ScoreMaximum: 10},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	header, got := opened(t, token, key)
	if header["alg"] != "RS256" || header["kid"] != key.KID {
		t.Errorf("header %v", header)
	}
	now := float64(w.Now().Unix())
	if got["iat"] != now || got["exp"] != now+300 {
		t.Errorf("from %v to %v, now is %v", got["iat"], got["exp"], now)
	}
	if nonce, _ := got["nonce"].(string); len(nonce) < 20 {
		t.Errorf("nonce %q", nonce)
	}
	for _, name := range []string{"iat", "exp", "nonce"} {
		delete(want, name)
		delete(got, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDeepLinkingData(t *testing.T) {
	w, key := newWorld(t), ownKey(t)
	empty, odd := "", `<a href="x">&amp; ü`+"\n\u2028😀\x00"
	for name, data := range map[string]*string{"none": nil, "empty": &empty, "odd": &odd} {
		t.Run(name, func(t *testing.T) {
			token, err := w.tool.SignDeepLinking(key, lti.DeepLinkingResponse{DeploymentID: "1", Data: data})
			if err != nil {
				t.Fatal(err)
			}
			_, got := opened(t, token, key)
			back, given := got[dlClaim+"data"]
			if given != (data != nil) || given && back != *data {
				t.Errorf("data %q, given %t", back, given)
			}
			if items, ok := got[dlClaim+"content_items"].([]any); !ok || len(items) != 0 {
				t.Errorf("items %v, want an empty list", got[dlClaim+"content_items"])
			}
			for _, absent := range []string{"msg", "errormsg", "log", "errorlog"} {
				if _, there := got[dlClaim+absent]; there {
					t.Errorf("%s is there", absent)
				}
			}
		})
	}
}

func TestContentItems(t *testing.T) {
	w, key := newWorld(t), ownKey(t)
	tests := []struct {
		name string
		item lti.ContentItem
		want string // JSON; empty: refused
	}{
		{"only a title", lti.ContentItem{Title: "Room"}, `{"type":"ltiResourceLink","title":"Room"}`},
		{"texts are cleaned", lti.ContentItem{Title: " Ro\nom\u202e ", Text: strings.Repeat("x", 3000)},
			`{"type":"ltiResourceLink","title":"Ro om","text":"` + strings.Repeat("x", 2000) + `"}`},
		{"icon", lti.ContentItem{IconURL: toolAt + "/icon.svg"}, `{"type":"ltiResourceLink","icon":{"url":"https://class.example/icon.svg"}}`},
		{"bare grade", lti.ContentItem{LineItem: &lti.ContentLineItem{ScoreMaximum: 0.5}}, `{"type":"ltiResourceLink","lineItem":{"scoreMaximum":0.5}}`},
		{"custom value", lti.ContentItem{Custom: map[string]string{"room_id": "a=b ü"}}, `{"type":"ltiResourceLink","custom":{"room_id":"a=b ü"}}`},
		{"custom on two lines", lti.ContentItem{Custom: map[string]string{"room": "a\nrole=Instructor"}}, ""},
		{"custom with a NUL", lti.ContentItem{Custom: map[string]string{"room": "a\x00"}}, ""},
		{"custom of bad UTF-8", lti.ContentItem{Custom: map[string]string{"room": "\xff"}}, ""},
		{"custom name with capitals", lti.ContentItem{Custom: map[string]string{"Room": "a"}}, ""},
		{"custom name with =", lti.ContentItem{Custom: map[string]string{"room=b": "a"}}, ""},
		{"custom without a name", lti.ContentItem{Custom: map[string]string{"": "a"}}, ""},
		{"grade of nothing", lti.ContentItem{LineItem: &lti.ContentLineItem{}}, ""},
		{"grade below nothing", lti.ContentItem{LineItem: &lti.ContentLineItem{ScoreMaximum: -1}}, ""},
		{"grade that is no number", lti.ContentItem{LineItem: &lti.ContentLineItem{ScoreMaximum: math.NaN()}}, ""},
		{"grade without end", lti.ContentItem{LineItem: &lti.ContentLineItem{ScoreMaximum: math.Inf(1)}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token, err := w.tool.SignDeepLinking(key, lti.DeepLinkingResponse{DeploymentID: "1", Items: []lti.ContentItem{test.item}})
			if (err != nil) != (test.want == "") {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			var want any
			if err := json.Unmarshal([]byte("["+test.want+"]"), &want); err != nil {
				t.Fatal(err)
			}
			_, got := opened(t, token, key)
			if diff := cmp.Diff(want, got[dlClaim+"content_items"]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDeepLinkingNoncesDiffer(t *testing.T) {
	w, key := newWorld(t), ownKey(t)
	seen := make(map[any]bool)
	for range 20 {
		token, err := w.tool.SignDeepLinking(key, lti.DeepLinkingResponse{})
		if err != nil {
			t.Fatal(err)
		}
		_, got := opened(t, token, key)
		seen[got["nonce"]] = true
		w.pass(time.Second)
	}
	if len(seen) != 20 {
		t.Errorf("%d nonces of 20", len(seen))
	}
}

// FuzzDeepLinking: whatever people write, what is signed stays one item, and
// what comes back at launches is what was put in.
func FuzzDeepLinking(f *testing.F) {
	w, key := newWorld(f), ownKey(f)
	f.Add("Room", "text", "room", "id-1", "data")
	f.Add("\n\x00\u202e", "\xff", "a=b", "x\ny", "")
	f.Fuzz(func(t *testing.T, title, text, name, value, data string) {
		token, err := w.tool.SignDeepLinking(key, lti.DeepLinkingResponse{
			Data: &data, Items: []lti.ContentItem{{Title: title, Text: text, Custom: map[string]string{name: value}}},
		})
		if err != nil {
			return
		}
		_, got := opened(t, token, key)
		item := got[dlClaim+"content_items"].([]any)[0].(map[string]any)
		if strings.ContainsAny(fmt.Sprint(item["title"], item["text"], item["custom"]), "\r\n\x00") {
			t.Errorf("several lines: %v", item)
		}
		if custom := item["custom"].(map[string]any); len(custom) != 1 || custom[name] != value {
			t.Errorf("custom %v, given %q=%q", custom, name, value)
		}
	})
}
