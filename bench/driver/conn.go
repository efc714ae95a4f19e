//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// conn is one kept-alive connection of a browser. It is not a http.Client,
// because that would cost the driver more than the tools cost their servers.
type conn struct {
	host string
	net  net.Conn
	in   *bufio.Reader
}

// answer is a response whose body was read.
type answer struct {
	status   int
	location string
	cookies  []*http.Cookie
	body     string
}

const requestTimeout = 20 * time.Second

func dial(ctx context.Context, host string) (*conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &conn{host: host, net: c, in: bufio.NewReaderSize(c, 16<<10)}, nil
}

func (c *conn) close() { _ = c.net.Close() }

func (c *conn) get(path string, cookies map[string]string) (answer, error) {
	return c.send("GET", path, "same-origin", nil, cookies)
}

// post sends a form as a page of the tool does (site "same-origin") or the LMS's ("cross-site").
func (c *conn) post(path, site string, form url.Values, cookies map[string]string) (answer, error) {
	return c.send("POST", path, site, form, cookies)
}

// send writes what Chromium sends, as far as tools look at it.
func (c *conn) send(method, path, site string, form url.Values, cookies map[string]string) (answer, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, c.host)
	b.WriteString("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept: text/html\r\nAccept-Language: en\r\n")
	fmt.Fprintf(&b, "Sec-Fetch-Site: %s\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", site)
	separator := "Cookie: "
	for name, value := range cookies {
		b.WriteString(separator + name + "=" + value)
		separator = "; "
	}
	if len(cookies) > 0 {
		b.WriteString("\r\n")
	}
	if method == "POST" {
		body := form.Encode()
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	} else {
		b.WriteString("\r\n")
	}
	if err := c.net.SetDeadline(time.Now().Add(requestTimeout)); err != nil {
		return answer{}, err
	}
	if _, err := io.WriteString(c.net, b.String()); err != nil {
		return answer{}, err
	}
	return c.read()
}

func (c *conn) read() (answer, error) {
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	return answer{
		status:   response.StatusCode,
		location: response.Header.Get("Location"),
		cookies:  response.Cookies(),
		body:     string(body),
	}, nil
}
