package bbb

import (
	"slices"
	"time"
)

// window is the time of a meeting.
type window struct{ start, finish time.Time }

func (w window) length() time.Duration { return w.finish.Sub(w.start) }

// clip moves times into the window and puts them in order.
func (w window) clip(times []time.Time) []time.Time {
	clipped := slices.Clone(times)
	for i, t := range clipped {
		switch {
		case t.Before(w.start):
			clipped[i] = w.start
		case t.After(w.finish):
			clipped[i] = w.finish
		}
	}
	slices.SortFunc(clipped, time.Time.Compare)
	return clipped
}

// presence is for how long somebody was inside, with joins and leaves in order and
// within the window. The lists do not say which leave belongs to which join, and
// need not: somebody is inside while there were more joins than leaves. Who joins
// and leaves at the same moment joined first; who never left stayed to the end.
func presence(joins, leaves []time.Time, w window) time.Duration {
	var total time.Duration
	inside, since := 0, time.Time{}
	for len(joins) > 0 || len(leaves) > 0 {
		if len(joins) > 0 && (len(leaves) == 0 || !leaves[0].Before(joins[0])) {
			if inside == 0 {
				since = joins[0]
			}
			inside++
			joins = joins[1:]
			continue
		}
		if inside == 1 {
			total += leaves[0].Sub(since)
		}
		inside = max(inside-1, 0) // a leave whose join is missing says nothing
		leaves = leaves[1:]
	}
	if inside > 0 {
		total += w.finish.Sub(since)
	}
	return total
}

// person gathers what the report says of one user id.
type person struct {
	Attended
	claimed  time.Duration // the server's sum, where joins say more
	timeless time.Duration // the server's sum of visits without joins
}

// merge makes one of the entries of each user id.
func merge(wire []wireAttendee, w window) []Attended {
	var people []*person
	byID := make(map[string]*person, len(wire))
	for _, a := range wire {
		id := string(a.UserID)
		p := byID[id]
		if p == nil {
			p = &person{Attended: Attended{UserID: id}}
			byID[id] = p
			people = append(people, p)
		}
		p.add(a)
	}
	list := make([]Attended, 0, len(people))
	for _, p := range people {
		list = append(list, p.within(w))
	}
	return list
}

func (p *person) add(a wireAttendee) {
	if name := cleanName(string(a.Name)); name != "" {
		p.Name = name
	}
	p.Moderator = p.Moderator || bool(a.Moderator)
	p.Joins = append(p.Joins, a.Joins...)
	p.Leaves = append(p.Leaves, a.Leaves...)
	if len(a.Joins) > 0 {
		p.claimed = addLength(p.claimed, a.Duration)
	} else {
		p.timeless = addLength(p.timeless, a.Duration)
	}
	p.Chats += a.Engagement.Chats.count()
	p.Talks += a.Engagement.Talks.count()
	p.RaisedHands += a.Engagement.RaiseHand.count()
	p.Emojis += a.Engagement.Emojis.count()
	p.PollVotes += a.Engagement.PollVotes.count()
	p.TalkTime = addLength(p.TalkTime, a.Engagement.TalkTime)
}

// addLength does not overflow, however many entries there are.
func addLength(sum time.Duration, seconds looseNumber) time.Duration {
	return min(sum+seconds.seconds(), longestMeeting)
}

// within measures the person by the meeting. Where leaves are missing, the server's
// sum is the better bound, if it has made one.
func (p *person) within(w window) Attended {
	a := p.Attended
	a.Joins, a.Leaves = w.clip(p.Joins), w.clip(p.Leaves)
	inside := presence(a.Joins, a.Leaves, w)
	if p.claimed > 0 && len(a.Leaves) < len(a.Joins) {
		inside = min(inside, p.claimed)
	}
	a.Duration = min(inside+p.timeless, w.length())
	a.TalkTime = min(a.TalkTime, a.Duration)
	return a
}
