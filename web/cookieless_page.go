package web

import (
	"bytes"
	"net/url"

	"golang.org/x/net/html"
)

// carriedForm is the id of the form of all links of a page: the button that stands
// for a link says where it leads. A script finds the session in it.
const carriedForm = "carried"

// into puts the session into a page, or a part of one, that knows nothing of it: into
// every form that says whose it is, and links of ours become buttons of
// carriedForm. So no page can forget it. Without a session the page stays as it is.
func (k *carried) into(page []byte, address *url.URL) []byte {
	if k == nil {
		return page
	}
	w := carriedWriter{carried: k, at: address, page: html.NewTokenizer(bytes.NewReader(page))}
	for w.page.Next() != html.ErrorToken {
		w.copy()
	}
	return w.out.Bytes()
}

// carriedWriter copies a page token by token.
type carriedWriter struct {
	*carried
	at     *url.URL
	page   *html.Tokenizer
	out    bytes.Buffer
	posts  bool // inside a form that posts
	button bool // inside what was a link
}

func (w *carriedWriter) copy() {
	raw := bytes.Clone(w.page.Raw()) // reading the token may change it
	t := w.page.Token()
	start := t.Type == html.StartTagToken || t.Type == html.SelfClosingTagToken
	switch {
	case start && t.Data == "form":
		w.posts = attribute(t, "method") == "post"
		w.out.Write(raw)
	case t.Type == html.EndTagToken && t.Data == "form":
		w.posts = false
		w.out.Write(raw)
	case start && t.Data == "input" && w.posts && attribute(t, "name") == "whose":
		w.out.Write(raw)
		w.out.WriteString(hidden(fieldSession, w.token))
	case start && t.Data == "a" && w.leadsToPage(t):
		w.button = true
		w.out.WriteString(w.asButton(t))
	case t.Type == html.EndTagToken && t.Data == "a" && w.button:
		w.button = false
		w.out.WriteString("</button>")
	case start && t.Data == "noscript":
		w.page.NextIsNotRawText() // its content is markup too
		w.out.Write(raw)
	case start && t.Data == "meta" && attribute(t, "http-equiv") == "refresh":
		// A page cannot load itself again: what it needs does not come with a GET.
	case t.Type == html.EndTagToken && t.Data == "body":
		w.form()
		w.out.Write(raw)
	default:
		w.out.Write(raw)
	}
}

func (w *carriedWriter) form() {
	w.out.WriteString(element("form", "id", carriedForm, "method", "post", "action", "/rooms/"+w.room+"/page", "hidden", ""))
	w.out.WriteString(hidden("whose", w.whose) + hidden(fieldSession, w.token) + "</form>\n")
}

func (w *carriedWriter) leadsToPage(t html.Token) bool {
	_, ok := w.target(t)
	return ok && attribute(t, "target") == ""
}

// target is where a link of ours leads.
func (w *carriedWriter) target(t html.Token) (address string, ours bool) {
	u, err := w.at.Parse(attribute(t, "href"))
	if err != nil || attribute(t, "href") == "" {
		return "", false
	}
	return u.RequestURI(), w.server.isFramedPage(u)
}

// asButton is the start of the button in place of a link.
func (w *carriedWriter) asButton(link html.Token) string {
	to, _ := w.target(link)
	button := []string{"form", carriedForm, "name", "to", "value", to}
	class := "plain" // as links look
	for _, a := range link.Attr {
		switch a.Key {
		case "href", "rel":
		case "class":
			class = a.Val
		default:
			button = append(button, a.Key, a.Val)
		}
	}
	return element("button", append(button, "class", class)...)
}

func hidden(name, value string) string {
	return element("input", "type", "hidden", "name", name, "value", value)
}

// element is a start tag with these attributes.
func element(name string, attributes ...string) string {
	t := html.Token{Type: html.StartTagToken, Data: name}
	for i := 0; i < len(attributes); i += 2 {
		t.Attr = append(t.Attr, html.Attribute{Key: attributes[i], Val: attributes[i+1]})
	}
	return t.String()
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
