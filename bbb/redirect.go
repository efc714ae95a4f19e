package bbb

import (
	"errors"
	"net/http"
)

var errRedirect = errors.New("the server redirects elsewhere; correct its address")

// onlyToTLS follows one kind of redirect: from http to https on the same host,
// which web servers do by themselves. Any other would hand the signed address,
// which never expires, to a host that nobody registered.
func onlyToTLS(next *http.Request, before []*http.Request) error {
	from := before[len(before)-1].URL
	to := next.URL
	if len(before) == 1 && from.Scheme == "http" && to.Scheme == "https" && from.Hostname() == to.Hostname() {
		return nil
	}
	return errRedirect
}

// unreached tells a refused redirect from a connection that failed.
func unreached(err error) Reason {
	if errors.Is(err, errRedirect) {
		return Redirected
	}
	return Unreachable
}
