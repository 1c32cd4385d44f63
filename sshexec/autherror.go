package sshexec

import (
	"fmt"
	"strings"
)

// AuthError is a node that did not let us log in. It is an ErrAuth.
type AuthError struct {
	User    string
	Offered []string // keys: type, fingerprint, and where they are from
	Accepts []string // the methods of login that the node would take next
	Partial bool     // it took one of our keys, and wants more
	Ended   bool     // it ended the login before all keys were offered, or as soon as they were
	Locked  string   // file of a key that it accepts, and whose passphrase is not known
	Skipped []string // keys and settings that were not used, and why
}

func (e *AuthError) Error() string {
	text := e.what() + fmt.Sprintf(": login %q offered %s; the node takes %s", e.User, e.offered(), said(strings.Join(e.Accepts, ", ")))
	if len(e.Skipped) > 0 {
		text += "; not used: " + strings.Join(e.Skipped, ", ")
	}
	return text
}

// what says what happened, and what would help.
func (e *AuthError) what() string {
	switch {
	case e.Locked != "":
		return fmt.Sprintf("the node accepts the key of %s, whose passphrase is not known", e.Locked)
	case e.Partial:
		return fmt.Sprintf("the node accepted our key and wants %s as well (AuthenticationMethods); dcos-patch logs in with keys and certificates only", strings.ReplaceAll(said(strings.Join(e.Accepts, " or ")), "publickey", "another key"))
	case e.Ended:
		return fmt.Sprintf("the node ended the login after %s (MaxAuthTries?); name the one that it accepts in ssh.identity, it is offered first", plural(len(e.Offered), "key"))
	case len(e.Offered) == 0 && !strings.Contains(" "+strings.Join(e.Accepts, " ")+" ", " publickey "):
		return "the node takes no keys, and dcos-patch logs in with keys and certificates only"
	case len(e.Offered) == 0:
		return "there is no key to log in with"
	}
	return ErrAuth.Error()
}

func (e *AuthError) offered() string {
	if len(e.Offered) == 0 {
		return "no key at all"
	}
	return strings.Join(e.Offered, ", ")
}

// Unwrap makes it an ErrAuth.
func (e *AuthError) Unwrap() error { return ErrAuth }

// plural is "1 key" or "2 keys".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
