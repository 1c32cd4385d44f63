package sshexec

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// mostKeys bounds what one login offers: x/crypto ends a login after 64 attempts.
const mostKeys = 60

// login is how we show who we are, for one handshake.
type login struct {
	ctx     context.Context // of the handshake: ends the waiting for a signature; a login lives no longer
	keys    []*key
	skipped []string // keys that could not be used, and why
	agent   *agentConn

	// Of the handshake, as it goes.
	offered int
	last    *ssh.ClientAuthContext // nil: the login has not begun
	hung    *key                   // the agent has not signed with it
}

// loadLogin reads key files and asks the agent.
func loadLogin(ctx context.Context, cfg Config) *login {
	l := &login{ctx: ctx}
	if socket := cfg.agentSocket(); socket != "" {
		var err error
		if l.agent, err = askAgent(ctx, socket, agentPatience(cfg)); err != nil {
			l.skip("agent "+socket, err)
		}
	}
	l.collect(cfg)
	if more := len(l.keys) - mostKeys; more > 0 {
		l.keys = l.keys[:mostKeys]
		l.skipped = append(l.skipped, plural(more, "further key")+", too many for one login: name one in ssh.identity")
	}
	l.skipped = append(l.skipped, cfg.settings.Unused...)
	return l
}

func (l *login) close() { l.agent.close() }

// next is an ssh.ClientConfig.AuthCallback: our keys, one after the other. A
// node that wants two keys of us has them.
func (l *login) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	l.last = c
	if slices.Contains(c.AllowedMethods, "publickey") && l.offered < len(l.keys) && l.hung == nil {
		k := l.keys[l.offered]
		l.offered++
		return ssh.PublicKeys(&offer{k, l}), nil
	}
	return nil, l.refused(false)
}

// explain says what an error of the handshake means for the login. broken: the
// connection has gone, and nobody has said why.
func (l *login) explain(err error, broken bool) error {
	var refused *AuthError
	switch {
	case l.hung != nil:
		return &AgentError{Socket: l.agent.socket, Key: fingerprint(l.hung.PublicKey()), Err: context.Cause(l.ctx)}
	case errors.As(err, &refused):
		return refused
	case l.last != nil && !broken && l.ctx.Err() == nil && l.offered > 0: // the node has ended it
		return l.refused(true)
	}
	return err
}

func (l *login) refused(ended bool) error {
	e := &AuthError{User: l.last.Metadata.User(), Ended: ended, Accepts: l.last.AllowedMethods}
	for _, s := range l.skipped {
		if !elsewhere(s, e.Accepts) {
			e.Skipped = append(e.Skipped, s)
		}
	}
	e.Partial = slices.Contains(l.last.PartialSuccessMethods, "publickey")
	for _, k := range l.keys[:l.offered] {
		e.Offered = append(e.Offered, k.String())
		if k.lockedFile != "" && k.wanted {
			e.Locked = k.lockedFile
		}
		if k.wanted && k.err != nil && k.lockedFile == "" {
			e.Skipped = append(e.Skipped, k.String()+": the node accepts it, and it does not sign: "+k.err.Error())
		}
	}
	return e
}

// elsewhere reports whether a setting is of a way to log in that the host does not take.
func elsewhere(setting string, accepts []string) bool {
	keyword, _, _ := strings.Cut(setting, " ")
	method := map[string]string{"gssapiauthentication": "gssapi-with-mic", "hostbasedauthentication": "hostbased"}[strings.ToLower(keyword)]
	return method != "" && !slices.Contains(accepts, method)
}
