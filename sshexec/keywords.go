package sshexec

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// keyword is what dcos-patch does with a keyword of ssh_config(5).
type keyword struct {
	// counts: the value is used. adds: all values are, not the first alone.
	counts, adds bool
	// instead: the keyword changes the way, dcos-patch cannot follow, and this is
	// what to write. harmless says which values change nothing.
	instead  string
	harmless func(value string) bool
	// noted: told when a login fails, unless the value is harmless.
	noted bool
}

func is(values ...string) func(string) bool {
	return func(value string) bool {
		return slices.ContainsFunc(values, func(one string) bool { return strings.EqualFold(one, value) })
	}
}

// onlyKeys is all that there is to say of other ways to log in.
const onlyKeys = "dcos-patch logs in with keys and certificates only"

var (
	one, all = keyword{counts: true}, keyword{counts: true, adds: true}
	no       = is("no", "none", "false")

	// keywords are those that do more than nothing. docs/ssh.md lists them.
	keywords = map[string]keyword{
		"hostname": one, "user": one, "port": one, "proxyjump": one, "hostkeyalias": one, "identityagent": one, "identitiesonly": one,
		"userknownhostsfile": one, "globalknownhostsfile": one, "ignoreunknown": one,
		"kexalgorithms": one, "ciphers": one, "macs": one, "hostkeyalgorithms": one,
		"identityfile": all, "certificatefile": all,

		"proxycommand":         {instead: "it is not run; name the jump hosts: ProxyJump here, or ssh: {jump: [user@host:port]} in the inventory", harmless: is("none")},
		"addressfamily":        {instead: "write an IP address of that family as the node's address in the inventory", harmless: is("any")},
		"bindaddress":          {instead: "dcos-patch leaves the source address to the routing table; set a route"},
		"bindinterface":        {instead: "dcos-patch leaves the interface to the routing table; set a route"},
		"canonicalizehostname": {instead: "write the full host name as the node's address in the inventory", harmless: no},
		"knownhostscommand":    {instead: "write what it prints into a file, and name that in the inventory: ssh: {known_hosts: [FILE]}", harmless: no},
		"revokedhostkeys":      {instead: "write its keys as @revoked lines into a file, and name that in the inventory: ssh: {known_hosts: [FILE]}", harmless: no},
		"pubkeyauthentication": {instead: onlyKeys, harmless: is("yes", "true", "unbound", "host-bound")},
		"preferredauthentications": {instead: onlyKeys, harmless: func(list string) bool {
			return slices.Contains(strings.Split(list, ","), "publickey")
		}},

		"pkcs11provider":          {noted: true, harmless: no, instead: "add its keys to the agent: ssh-add -s PROVIDER"},
		"securitykeyprovider":     {noted: true, harmless: is("none", "internal"), instead: "add its keys to the agent"},
		"gssapiauthentication":    {noted: true, harmless: no, instead: onlyKeys},
		"hostbasedauthentication": {noted: true, harmless: no, instead: onlyKeys},
	}
)

// idleKeywords change nothing about the way to a host as dcos-patch goes it: it
// has its own timeouts and keepalives, is always strict about host keys, opens
// its own connections, and runs what it runs.
var idleKeywords = strings.Fields(` addkeystoagent applemultipath batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots canonicalizepermittedcnames
 casignaturealgorithms challengeresponseauthentication channeltimeout checkhostip clearallforwardings compression compressionlevel connectionattempts connecttimeout
 controlmaster controlpath controlpersist dsaauthentication dynamicforward enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh
 fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports gssapiclientidentity gssapidelegatecredentials
 gssapikeyexchange gssapikexalgorithms gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts hostbasedacceptedalgorithms hostbasedkeytypes
 include ipqos kbdinteractiveauthentication kbdinteractivedevices keychainintegration localcommand localforward loglevel logverbose nohostauthenticationforlocalhost
 numberofpasswordprompts obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen protocol proxyusefdpass pubkeyacceptedalgorithms
 pubkeyacceptedkeytypes refuseconnection rekeylimit remotecommand remoteforward requesttty requiredrsasize rhostsrsaauthentication rsaauthentication rsaminsize sendenv
 serveralivecountmax serveraliveinterval sessiontype setenv skeyauthentication smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink stricthostkeychecking
 syslogfacility tag tcpkeepalive tisauthentication tunnel tunneldevice updatehostkeys useblacklistedkeys usekeychain useprivilegedport userknownhostsfile2
 globalknownhostsfile2 useroaming usersh verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation cipher keepalive afstokenpassing
 kerberosauthentication kerberostgtpassing identityfile2`)

// take takes a line that is of the host, or may be.
func (e *evaluation) take(l sshLine, b block) error {
	k, known := keywords[l.key]
	switch {
	case known:
	case slices.Contains(idleKeywords, l.key), matchList(l.key, strings.ToLower(e.first("ignoreunknown")), false):
		return nil
	default:
		return fmt.Errorf("%s: dcos-patch does not know the keyword %s; correct it, or name it in IgnoreUnknown before", l.at(), l.name)
	}
	if len(e.values[l.key]) > 0 && !k.adds || e.isGiven(l.key) {
		return nil
	}
	if l.key == "hostname" && (b.address == isNot || e.final) {
		return nil
	}
	if b.any == mayBe {
		return fmt.Errorf("%s: it depends on %s whether %s is of %s, and no command is run to find out; write a Host block for it, or name another file in the inventory: ssh: {config: FILE}",
			l.at(), b.since.at(), l.name, e.given.Name)
	}
	if !k.counts {
		return e.cannot(l, k)
	}
	if err := l.check(); err != nil {
		return fmt.Errorf("%s: %s %w", l.at(), l.name, err)
	}
	if !k.adds || !slices.ContainsFunc(e.values[l.key], func(have sshLine) bool { return have.value() == l.value() }) {
		e.values[l.key] = append(e.values[l.key], l)
	}
	return nil
}

// check is what ssh refuses about the arguments of a keyword.
func (l sshLine) check() error {
	switch {
	case slices.Contains(l.words, ""):
		return errors.New("has an empty argument")
	case len(l.words) > 1 && l.key != "userknownhostsfile" && l.key != "globalknownhostsfile":
		return errors.New("has more than one argument; put it in quotes if it is one")
	case l.key == "port":
		if n, err := strconv.ParseUint(l.value(), 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%q is no port", l.value())
		}
	}
	return nil
}

// isGiven says whether the inventory has decided what a keyword would.
func (e *evaluation) isGiven(key string) bool {
	switch key {
	case "user":
		return e.given.User != ""
	case "port":
		_, port := e.given.hostPort()
		return port != ""
	case "proxycommand":
		return len(e.given.Jump) > 0
	case "proxyjump": // as in ssh, the first of the two counts
		return len(e.given.Jump) > 0 || len(e.values["proxycommand"]) > 0
	}
	return false
}

// cannot refuses a keyword, or notes it. The first value counts, so that a
// harmless one shields from later ones.
func (e *evaluation) cannot(l sshLine, k keyword) error {
	e.values[l.key] = append(e.values[l.key], l)
	switch {
	case k.harmless != nil && k.harmless(l.value()):
	case l.key == "proxycommand" && len(e.values["proxyjump"]) > 0:
	case k.noted:
		e.unused = append(e.unused, fmt.Sprintf("%s of %s (%s)", l.name, l.at(), k.instead))
	default:
		return fmt.Errorf("%s: %s for %s: %s", l.at(), l.name, e.given.Name, k.instead)
	}
	return nil
}
