package lti

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

const (
	mediaLineItem  = "application/vnd.ims.lis.v2.lineitem+json"
	mediaLineItems = "application/vnd.ims.lis.v2.lineitemcontainer+json"

	maxLineItems = 10_000
)

// LineItem is a column of a gradebook (AGS §3.2).
type LineItem struct {
	ID             string // its URL; empty before it was made
	Label          string
	ResourceID     string // ours: how we find it again
	Tag            string
	ResourceLinkID string
	ScoreMaximum   float64
}

// LineItemFilter chooses line items; what is empty does not matter.
type LineItemFilter struct {
	ResourceLinkID, ResourceID, Tag string
	Limit                           int // of a page; the platform's own if zero
}

// lineItemJSON is a line item as platforms write it.
type lineItemJSON struct {
	ID             text   `json:"id"`
	Label          text   `json:"label"`
	ScoreMaximum   number `json:"scoreMaximum"`
	ResourceID     scalar `json:"resourceId"`
	Tag            scalar `json:"tag"`
	ResourceLinkID scalar `json:"resourceLinkId"`
}

// LineItems returns the line items of a container that match the filter (AGS
// §3.2.4). Some platforms do not filter, or in part: it is done here again.
func (s *Services) LineItems(ctx context.Context, a Access, containerURL string, f LineItemFilter) ([]LineItem, error) {
	var items []LineItem
	r := readsLineItems(a, f.url(containerURL), mediaLineItems)
	err := s.pages(ctx, r, func(ans *answer) error {
		return walk(ans.body, "", nil, func(v object[lineItemJSON]) error {
			item := v.orEmpty().lineItem(ans)
			if item.ID == "" || !f.matches(item) {
				return nil
			}
			if err := ans.mayTell(item.ID); err != nil {
				return err // not left out: another one would be made beside it
			}
			if len(items) == maxLineItems {
				return malformed("more line items than any course has")
			}
			items = append(items, item)
			return nil
		})
	})
	return items, err
}

// LineItem returns the line item of this URL.
func (s *Services) LineItem(ctx context.Context, a Access, itemURL string) (LineItem, error) {
	var item LineItem
	err := s.call(ctx, readsLineItems(a, itemURL, mediaLineItem), func(ans *answer) error { return ans.lineItem(&item) })
	return item, err
}

// CreateLineItem makes a line item and returns it with its ID. Look for one
// first: a copied course has it already (AGS §3.2.9), and so has one for which
// an earlier answer got lost.
func (s *Services) CreateLineItem(ctx context.Context, a Access, containerURL string, i LineItem) (LineItem, error) {
	body, err := json.Marshal(i.json())
	if err != nil {
		return LineItem{}, fmt.Errorf("line item: %w", err)
	}
	var made LineItem
	err = s.call(ctx, request{
		service: ServiceGrades, access: a, needs: []string{ScopeLineItem}, method: http.MethodPost, url: containerURL,
		accept: mediaLineItem, contentType: mediaLineItem, body: body,
	}, func(ans *answer) error { return ans.lineItem(&made) })
	return made, err
}

func readsLineItems(a Access, address, accept string) request {
	return request{
		service: ServiceGrades, access: a, needs: []string{ScopeLineItemRead, ScopeLineItem},
		method: http.MethodGet, url: address, accept: accept,
	}
}

func (f LineItemFilter) url(container string) string {
	limit := ""
	if f.Limit > 0 {
		limit = strconv.Itoa(f.Limit)
	}
	return withQuery(container, "resource_link_id", f.ResourceLinkID, "resource_id", f.ResourceID, "tag", f.Tag, "limit", limit)
}

func (f LineItemFilter) matches(i LineItem) bool {
	return (f.ResourceLinkID == "" || f.ResourceLinkID == i.ResourceLinkID) &&
		(f.ResourceID == "" || f.ResourceID == i.ResourceID) &&
		(f.Tag == "" || f.Tag == i.Tag)
}

func (i LineItem) json() any {
	v := map[string]any{"label": i.Label, "scoreMaximum": i.ScoreMaximum}
	for name, value := range map[string]string{"resourceId": i.ResourceID, "tag": i.Tag, "resourceLinkId": i.ResourceLinkID} {
		if value != "" {
			v[name] = value
		}
	}
	return v
}

func (a *answer) lineItem(into *LineItem) error {
	d, err := newDocument(a.body)
	if err != nil {
		return err
	}
	var v object[lineItemJSON]
	if err := d.decode(&v); err != nil {
		return err
	}
	item := v.orEmpty().lineItem(a)
	if item.ID == "" {
		return malformed("a line item without an address")
	}
	if err := a.mayTell(item.ID); err != nil {
		return err
	}
	*into = item
	return nil
}

// lineItem has no ID where that is no URL that may be called.
func (v lineItemJSON) lineItem(a *answer) LineItem {
	id := string(v.ID)
	if u, err := url.Parse(id); err == nil && id != "" && !u.IsAbs() {
		id = a.url.ResolveReference(u).String()
	}
	if !a.access.Platform.mayCall(id) {
		id = ""
	}
	return LineItem{
		ID: id, Label: clean(string(v.Label), maxTitle), ScoreMaximum: v.ScoreMaximum.value,
		ResourceID: clean(string(v.ResourceID.text), maxTitle), Tag: clean(string(v.Tag.text), maxTitle),
		ResourceLinkID: clean(string(v.ResourceLinkID.text), maxTitle),
	}
}
