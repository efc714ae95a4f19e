package archive

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Sealer seals and opens with master keys: storage/vault's Vault.
type Sealer interface {
	Seal(plain []byte, ad string) (string, error)
	Open(sealed, ad string) ([]byte, error)
}

// Locks are those by which a backup can be opened: either a passphrase, or age
// recipients, or, when neither is given, the master key.
type Locks struct {
	Passphrase string
	Recipients []age.Recipient
	Master     Sealer
}

// Encrypt begins an encrypted file.
func (l Locks) Encrypt(w io.Writer) (io.WriteCloser, error) {
	recipients := l.Recipients
	switch {
	case l.Passphrase != "" && len(recipients) > 0:
		return nil, errors.New("a backup has a passphrase or recipients, not both")
	case l.Passphrase != "":
		r, err := age.NewScryptRecipient(l.Passphrase)
		if err != nil {
			return nil, err
		}
		recipients = []age.Recipient{r}
	case len(recipients) == 0:
		recipients = []age.Recipient{masterRecipient{l.Master}}
	}
	return age.Encrypt(w, recipients...)
}

// Keys are what a backup is opened with; the master keys are tried always.
type Keys struct {
	Passphrase string
	Identities []age.Identity
	Master     Sealer
}

// Why a backup does not open.
var (
	ErrNeedsPassphrase = errors.New("the backup was made with a passphrase, and not with this one")
	ErrNeedsIdentity   = errors.New("the backup was made for an age recipient, and needs its identity")
	ErrNeedsMaster     = errors.New("the backup was sealed with another master key than the one at hand")
)

// Decrypt begins to read an encrypted file.
func (k Keys) Decrypt(r io.Reader) (io.Reader, error) {
	master := &masterIdentity{master: k.Master}
	identities := append([]age.Identity{master}, k.Identities...)
	if k.Passphrase != "" {
		i, err := age.NewScryptIdentity(k.Passphrase)
		if err != nil {
			return nil, err
		}
		identities = append(identities, i)
	}
	plain, err := age.Decrypt(r, identities...)
	var refused *age.NoIdentityMatchError
	switch {
	case errors.As(err, &refused):
		return nil, master.why()
	case err != nil:
		return nil, damaged("%w", err)
	}
	return plain, nil
}

// stanza is the type of the header's line that holds a file's key, sealed.
const (
	stanza   = "classbridge.master"
	stanzaAD = "backup/file/key"
)

// masterRecipient seals the file's key as the database's secrets are sealed.
type masterRecipient struct{ master Sealer }

// Wrap implements age.Recipient.
func (r masterRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	sealed, err := r.master.Seal(fileKey, stanzaAD)
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{Type: stanza, Body: []byte(sealed)}}, nil
}

// masterIdentity opens what masterRecipient sealed, and remembers by what else
// the file could be opened.
type masterIdentity struct {
	master Sealer
	types  []string
}

// Unwrap implements age.Identity.
func (i *masterIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		i.types = append(i.types, s.Type)
		if s.Type != stanza {
			continue
		}
		key, err := i.master.Open(string(s.Body), stanzaAD)
		if err == nil {
			return key, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

func (i *masterIdentity) why() error {
	for _, t := range i.types {
		switch t {
		case stanza:
			return ErrNeedsMaster
		case "scrypt":
			return ErrNeedsPassphrase
		}
	}
	return ErrNeedsIdentity
}

// ParseRecipients reads age recipients, such as age1….
func ParseRecipients(texts []string) ([]age.Recipient, error) {
	var recipients []age.Recipient
	for _, text := range texts {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not an age recipient (age1…)", text)
		}
		recipients = append(recipients, r)
	}
	return recipients, nil
}

// ParseIdentities reads a file of age identities.
func ParseIdentities(r io.Reader) ([]age.Identity, error) { return age.ParseIdentities(r) }
