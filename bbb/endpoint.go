package bbb

import (
	"errors"
	"net/url"
	"strings"
)

// Endpoint is the address under which the calls are found, from what an
// administrator pastes. `bbb-conf --secret` prints https://host/bigbluebutton/,
// others paste the host alone or the whole path. The rule:
//
//	https://host                       https://host/bigbluebutton/api
//	https://host/bigbluebutton/        https://host/bigbluebutton/api
//	https://host/any/path/api          as it is
//	https://host/any/path              /api is added
func Endpoint(raw string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", errors.New("the address of the BigBlueButton server cannot be read")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("the address of the BigBlueButton server must start with https:// or http://")
	case u.Hostname() == "":
		return "", errors.New("the address of the BigBlueButton server has no host name")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("the address of the BigBlueButton server must have no user, query or fragment")
	}
	return u.Scheme + "://" + u.Host + apiPath(u.EscapedPath()), nil
}

func apiPath(path string) string {
	path = strings.TrimRight(path, "/")
	switch {
	case path == "":
		return "/bigbluebutton/api"
	case strings.HasSuffix(path, "/api"):
		return path
	}
	return path + "/api"
}
