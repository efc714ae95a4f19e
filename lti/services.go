package lti

import "net/url"

// webAddress reports whether raw may be opened or called: http only on premises.
// Where it may lead is for the dialer to say.
func webAddress(raw string, onPremises bool) bool {
	if len(raw) > maxURL || clean(raw, maxURL) != raw {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || onPremises && u.Scheme == "http"
}

// serviceURL is raw if we may call it, otherwise empty: a launch is not refused
// because of a service that it can do without.
func serviceURL(raw text, p Platform) string {
	if !webAddress(string(raw), p.OnPremises) {
		return ""
	}
	return string(raw)
}

func (c *claims) nrps(p Platform) *NRPS {
	v := c.NRPS.orEmpty()
	address := serviceURL(v.URL, p)
	if address == "" {
		return nil
	}
	return &NRPS{MembershipsURL: address, Versions: cleanAll(v.Versions.items)}
}

func (c *claims) ags(p Platform) *AGS {
	v := c.AGS.orEmpty()
	ags := AGS{Scopes: cleanAll(v.Scopes.items), LineItems: serviceURL(v.LineItems, p), LineItem: serviceURL(v.LineItem, p)}
	if ags.LineItems == "" && ags.LineItem == "" {
		return nil
	}
	return &ags
}

func (c *claims) groups(p Platform) *Groups {
	v := c.Groups.orEmpty()
	address := serviceURL(v.URL, p)
	if address == "" {
		return nil
	}
	return &Groups{Scopes: cleanAll(v.Scopes.items), GroupsURL: address}
}

func (c *claims) notices(p Platform) *Notices {
	v := c.Notices.orEmpty()
	address := serviceURL(v.URL, p)
	if address == "" {
		return nil
	}
	return &Notices{Scopes: cleanAll(v.Scopes.items), URL: address, Types: cleanAll(v.Types.items)}
}

func (c *claims) deepLinking() *DeepLinking {
	v := c.DeepLinking.set
	if v == nil || c.MessageType != DeepLinkingRequest {
		return nil
	}
	d := &DeepLinking{
		ReturnURL:       string(v.ReturnURL),
		AcceptTypes:     cleanAll(v.AcceptTypes.items),
		AcceptTargets:   cleanAll(v.AcceptTargets.items),
		AcceptMediaType: clean(string(v.AcceptMediaType), maxTitle),
		AcceptMultiple:  bool(v.AcceptMultiple),
		AcceptLineItem:  bool(v.AcceptLineItem),
		AutoCreate:      bool(v.AutoCreate),
		Title:           clean(string(v.Title), maxTitle),
		Text:            clean(string(v.Text), maxText),
	}
	if v.Data != nil {
		data := string(*v.Data)
		d.Data = &data
	}
	return d
}
