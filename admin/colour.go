package admin

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Colour is a colour of sRGB.
type Colour struct{ R, G, B uint8 }

var colourForm = regexp.MustCompile(`^#?[0-9A-Fa-f]{6}$`)

// ParseColour reads six hexadecimal digits, with # before them or without.
func ParseColour(text string) (Colour, bool) {
	if !colourForm.MatchString(text) {
		return Colour{}, false
	}
	n, err := strconv.ParseUint(text[len(text)-6:], 16, 32)
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, err == nil
}

func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// luminance is the relative one of WCAG 2.2.
func (c Colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Contrast is the contrast ratio of WCAG 2.2 (1.4.3), from 1 to 21.
func (c Colour) Contrast(other Colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// towards mixes that share of another colour in.
func (c Colour) towards(other Colour, share float64) Colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return Colour{mix(c.R, other.R), mix(c.G, other.G), mix(c.B, other.B)}
}

// readable is the contrast that text needs (WCAG 2.2, 1.4.3 AA).
const readable = 4.5

// on is the colour nearest to this one that can be read on that ground, mixed with
// black or white, whichever is the way.
func (c Colour) on(ground Colour) Colour {
	way := black()
	if ground.luminance() < 0.18 {
		way = white()
	}
	for share := 0.0; share < 1; share += 0.02 {
		if fit := c.towards(way, share); fit.Contrast(ground) >= readable {
			return fit
		}
	}
	return way
}

func black() Colour { return Colour{} }
func white() Colour { return Colour{255, 255, 255} }
