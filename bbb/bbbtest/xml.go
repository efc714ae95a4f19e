package bbbtest

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// el is an XML element. Metadata has its keys as element names, which structs
// cannot say.
type el struct {
	name string
	text string
	kids []el
}

func leaf(name string, value any) el { return el{name: name, text: fmt.Sprint(value)} }

func node(name string, kids ...el) el { return el{name: name, kids: kids} }

func (e el) write(w io.Writer) {
	io.WriteString(w, "<"+e.name+">")
	if e.kids == nil {
		xml.EscapeText(w, []byte(e.text))
	}
	for _, k := range e.kids {
		k.write(w)
	}
	io.WriteString(w, "</"+e.name+">\n")
}

// answer is a reply of the API.
type answer []el

func ok(kids ...el) answer { return append(answer{leaf("returncode", "SUCCESS")}, kids...) }

func note(key, message string) []el {
	return []el{leaf("messageKey", key), leaf("message", message)}
}

func failed(key, message string) answer {
	return append(answer{leaf("returncode", "FAILED")}, note(key, message)...)
}

// write answers with status 200: BigBlueButton does so when it refuses, too.
func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-cache")
	node("response", a...).write(w)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// millis is zero for a time that has not come.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
