package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/png"
	"time"

	"classbridge/classroom"
)

// Branding is how a school's pages look.
type Branding struct {
	TenantID  string
	Accent    string // #rrggbb; empty: ours
	Logo      string // digest of its picture; empty: none
	UpdatedAt time.Time
}

// BrandingStore keeps brandings and their pictures.
type BrandingStore interface {
	FindBranding(ctx context.Context, tenantID string) (Branding, bool, error)
	SaveBranding(ctx context.Context, b Branding) error // inserts or replaces
	// Logo reads the tenant's picture of that digest; NotFound without.
	Logo(ctx context.Context, tenantID, digest string) ([]byte, error)
	SaveLogo(ctx context.Context, tenantID, digest string, picture []byte) error // inserts or replaces
}

// Shades are an accent as it is used on light pages or dark ones: each can be read
// on every ground that our pages have.
type Shades struct{ Accent, Strong, On Colour }

// The grounds that accents stand on: --raised of static/app.css, which is nearer
// to them than --ground.
func lightGround() Colour { return Colour{0xf3, 0xf6, 0xf6} }
func darkGround() Colour  { return Colour{0x1a, 0x24, 0x23} }

// ShadesOf fits an accent to light pages and to dark ones.
func ShadesOf(accent Colour) (light, dark Shades) {
	return shades(accent.on(lightGround()), black()), shades(accent.on(darkGround()), white())
}

func shades(accent, stronger Colour) Shades {
	s := Shades{Accent: accent, Strong: accent.towards(stronger, 0.25), On: white()}
	if accent.Contrast(black()) > accent.Contrast(white()) {
		s.On = black()
	}
	return s
}

// How large a logo may be, as a file and as a picture.
const (
	MaxLogo    = 200 << 10
	logoWidth  = 1200
	logoHeight = 600
)

// LogoChange is what becomes of the logo.
type LogoChange struct {
	Remove  bool
	Picture []byte // a new one; empty: none
}

// Branding is the tenant's.
func (c *Console) Branding(ctx context.Context, tenantID string) (Branding, error) {
	b, _, err := c.Store.FindBranding(ctx, tenantID)
	b.TenantID = tenantID
	return b, err
}

// ChangeBranding changes how the pages of the tenant that is looked at look;
// *classroom.InputErrors say what cannot be meant.
func (c *Console) ChangeBranding(ctx context.Context, v Visitor, accent string, logo LogoChange) error {
	was, err := c.Branding(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	became, picture, err := brandingOf(was, accent, logo)
	if err != nil {
		return err
	}
	became.UpdatedAt = c.Now()
	act := Act{Name: "branding.change", Detail: Changes(was.facts(), became.facts())}
	return c.Record(ctx, v, act, c.Store.AdminTx(ctx, func(q Queries) error {
		if picture != nil {
			if err := q.SaveLogo(ctx, v.Tenant.ID, became.Logo, picture); err != nil {
				return err
			}
		}
		return q.SaveBranding(ctx, became)
	}))
}

func (b Branding) facts() map[string]string {
	return map[string]string{"accent": b.Accent, "logo": b.Logo}
}

func brandingOf(was Branding, accent string, logo LogoChange) (became Branding, picture []byte, err error) {
	became, became.Accent = was, ""
	var wrong []error
	if accent != "" {
		colour, ok := ParseColour(accent)
		if !ok {
			wrong = append(wrong, &classroom.InputError{Field: "accent", Message: "console.settings.wrong.colour", Err: errors.New("a colour is # and six hexadecimal digits")})
		}
		became.Accent = colour.String()
	}
	if logo.Remove {
		became.Logo = ""
	}
	if len(logo.Picture) > 0 {
		if picture, err = cleanLogo(logo.Picture); err != nil {
			wrong = append(wrong, &classroom.InputError{Field: "logo", Message: "console.settings.wrong.logo", Err: err})
		}
		sum := sha256.Sum256(picture)
		became.Logo = hex.EncodeToString(sum[:8])
	}
	return became, picture, errors.Join(wrong...)
}

// cleanLogo draws a PNG anew: nothing comes along but its picture.
func cleanLogo(file []byte) ([]byte, error) {
	if len(file) > MaxLogo {
		return nil, fmt.Errorf("a logo has %d bytes at most", MaxLogo)
	}
	size, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if size.Width > logoWidth || size.Height > logoHeight {
		return nil, fmt.Errorf("a logo has %d by %d pixels at most", logoWidth, logoHeight)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var clean bytes.Buffer
	err = png.Encode(&clean, picture)
	return clean.Bytes(), err
}
