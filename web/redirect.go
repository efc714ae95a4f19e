package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

// seeOther leads to an address of ours. Where no cookie would come along, a page of
// the frame is shown at once.
func seeOther(c *gin.Context, path string) error {
	if k := carriedBy(c); k.shows(c, path) {
		return k.show(c, path)
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Location", path)
	c.Status(http.StatusSeeOther)
	c.Writer.WriteHeaderNow()
	return nil
}

// leave leads to BigBlueButton, a recording or the chat. Such addresses are keys
// made for one click: no cache keeps them, no referrer tells of us, and no body
// repeats them.
func leave(c *gin.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("an address to leave for is not http(s)") // not what it is: it may hold a key
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Location", u.String())
	c.Status(http.StatusSeeOther)
	c.Writer.WriteHeaderNow()
	return nil
}
