package inventory

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
)

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	hexes   = digits + "abcdef"
)

// made reports whether s is made of the characters, begins with a letter or
// digit and is not too long for a file name.
func made(s, of string) bool {
	return s != "" && len(s) <= 63 && strings.Contains(letters+digits, s[:1]) && onlyOf(s, of)
}

func onlyOf(s, of string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(of, r) })
}

// word checks a name that becomes part of file names, step ids and commands.
func word(s string) (what, hint string) {
	if !made(s, letters+digits+"._-") {
		return fmt.Sprintf("%q is no name", s), "up to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit"
	}
	return "", ""
}

// nodeWord checks a text that names one node.
func nodeWord(s string) (what, hint string) {
	if strings.ContainsAny(s, "[]") {
		return fmt.Sprintf("%q is a range; one node is wanted", s), "write one entry for each node"
	}
	return word(s)
}

// nodeName checks the name of a node.
func nodeName(s string) (what, hint string) {
	for _, taken := range []string{"cluster", "none"} { // which waivers, gates and policies say of no node
		if strings.EqualFold(s, taken) {
			return fmt.Sprintf("%q stands for no node elsewhere in inventories and on the command line", s), "name the node otherwise"
		}
	}
	return word(s)
}

// groupWord checks the name of a group, which also names a stage.
func groupWord(s string) (what, hint string) {
	if !made(s, letters+digits+"_-") {
		return fmt.Sprintf("%q is no name for a group", s), "up to 63 letters, digits, dashes and underscores, beginning with a letter or digit"
	}
	for _, stage := range []string{"preflight", "backup", "stage", "masters", "canary", "postflight", "report", "cluster", "none"} {
		if s == stage {
			return fmt.Sprintf("%q is the name of a stage of every plan", s), "name the group otherwise"
		}
	}
	return "", ""
}

// login checks a user name.
func login(s string) (what, hint string) {
	if strings.HasPrefix(s, "-") || strings.ContainsAny(s, " :/'\"$`;&|<>(){}*?#") {
		return fmt.Sprintf("%q is no user name", s), "such as ops"
	}
	return "", ""
}

// address checks an IP address or a host name.
func address(s string) (what, hint string) {
	if ip, err := netip.ParseAddr(s); err == nil {
		if ip.Zone() != "" || ip.IsUnspecified() || ip.IsMulticast() {
			return fmt.Sprintf("%q is not the address of one node", s), ""
		}
		return "", ""
	}
	no := fmt.Sprintf("%q is neither an IP address nor a host name", s)
	host, port, err := net.SplitHostPort(s)
	switch {
	case strings.Contains(s, "@"):
		return no, "the user goes to ssh.user"
	case strings.Contains(s, "://"):
		return no, "an address only, no URL"
	case err == nil && port != "":
		return no, fmt.Sprintf("write address: %s, port: %s", host, port)
	case strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]"):
		return no, "an IPv6 address goes without brackets"
	case onlyOf(s, digits+"."):
		return no, "an IPv4 address has four numbers from 0 to 255, without leading zeros"
	case len(s) > 253 || !onlyOf(s, letters+digits+".-_") || hasBadLabel(s):
		return no, "such as 10.20.0.11 or m1.example.com"
	}
	return "", ""
}

func hasBadLabel(host string) bool {
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return true
		}
	}
	return false
}

// hop checks a jump host: [user@]host[:port].
func hop(s string) (what, hint string) {
	const form = "[user@]host[:port], such as ops@bastion1.example.com"
	host := s
	if user, rest, has := strings.Cut(s, "@"); has {
		if what, _ = login(user); what != "" || user == "" {
			return fmt.Sprintf("%q is no jump host: its user is no user name", s), form
		}
		host = rest
	}
	if h, p, err := net.SplitHostPort(host); err == nil {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return fmt.Sprintf("%q is no jump host: port %q is not a number from 1 to 65535", s, p), form
		}
		host = h
	}
	if what, _ = address(host); what != "" {
		return fmt.Sprintf("%q is no jump host: %s", s, what), form
	}
	return "", ""
}

// webAddress checks a URL that nodes can fetch from.
func webAddress(s string) (what, hint string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || strings.ContainsAny(s, " '\"`\\<>{}|^"):
		return fmt.Sprintf("%q is no URL", s), "such as http://10.20.0.5:8080/upgrade/9f..c2/dcos_node_upgrade.sh"
	case u.User != nil:
		return "is a URL with a user or password in it", "an inventory holds no secrets"
	case u.Fragment != "":
		return fmt.Sprintf("%q has a fragment (#), which no server sees", s), "remove it"
	case u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
		return "", ""
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("%q is no URL that nodes can fetch", s), "http://, https:// or file:/// is wanted"
	case u.Hostname() == "":
		return fmt.Sprintf("%q has no host", s), ""
	}
	return "", ""
}

// scriptAddress checks the URL of the node patch script, which is read through
// the network of the first master.
func scriptAddress(s string) (what, hint string) {
	if strings.HasPrefix(strings.ToLower(s), "file:") {
		return fmt.Sprintf("%q is a file, and the script is read over HTTP, through the first master", s),
			"serve genconf/serve of the installer, and write the URL that it printed"
	}
	what, hint = webAddress(s)
	return what, strings.Replace(hint, "http://, https:// or file:///", "http:// or https://", 1)
}

// serverAddress checks the URL of an HTTP server that the controller asks.
func serverAddress(s string) (what, hint string) {
	u, err := url.Parse(s)
	switch what, hint = webAddress(s); {
	case what != "":
		return what, hint
	case err != nil || u.Scheme == "file" || u.RawQuery != "":
		return fmt.Sprintf("%q is no server to ask", s), "such as http://prometheus.example.com:9090"
	}
	return "", ""
}

// gateWord checks the name of an operator's own gate: the others, and checks of
// the cluster, have theirs.
func gateWord(s string) (what, hint string) {
	_, taken := gates.Find(s)
	if taken || slices.Contains([]string{"agents", "cluster", "target", "zookeeper"}, s) {
		return fmt.Sprintf("%s is a gate that every run has", s), "name it otherwise"
	}
	return word(s)
}

// knownWords checks that a text speaks of the node in words that are known.
func knownWords(s string) (what, hint string) {
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "${")
		if !found {
			return "", ""
		}
		name, behind, _ := strings.Cut(after, "}")
		if said := "${" + name + "}"; said != runWord && !slices.Contains(ofNode(), said) {
			return fmt.Sprintf("has %q, which stands for nothing", said), "known are " + strings.Join(append(ofNode(), runWord), ", ")
		}
		rest = behind
	}
}

// runWord stands for the run.
const runWord = "${RUN}"

// gateURL checks the URL of an HTTP gate, whose words become a node's.
func gateURL(s string) (what, hint string) {
	if what, hint = knownWords(s); what != "" {
		return what, hint
	}
	sample := strings.NewReplacer("${ADDRESS}", "10.0.0.1", "${IP}", "10.0.0.1", "${NODE}", "n1", "${ROLE}", "private", runWord, "run").Replace(s)
	what, hint = webAddress(sample)
	if u, err := url.Parse(sample); err == nil && u.User != nil {
		return what, hint // without the password
	}
	if what != "" || strings.HasPrefix(sample, "file:") {
		return fmt.Sprintf("%q is no URL that can be asked", s), "such as http://${ADDRESS}:9092/health"
	}
	return "", ""
}

// sha256 checks the hash of a file.
func sha256(s string) (what, hint string) {
	if len(s) != 64 || !onlyOf(s, hexes) {
		return fmt.Sprintf("%q is no SHA-256: 64 of 0-9 and a-f are wanted, these are %d characters", s, len(s)), "as sha256sum dcos_node_upgrade.sh prints it"
	}
	return "", ""
}

// release checks a DC/OS version that can be patched.
func release(s string) (what, hint string) {
	v, err := dcos.ParseVersion(s)
	if err != nil {
		return err.Error(), "such as 2.1.1"
	}
	switch v.Minor() {
	case "1.11", "1.12", "1.13", "2.0", "2.1", "2.2":
		return "", ""
	}
	return fmt.Sprintf("DC/OS %s is not supported", s), "1.11 to 2.2 are"
}

// mesosVersion checks the version of Mesos.
func mesosVersion(s string) (what, hint string) {
	if _, err := dcos.ParseVersion(s); err != nil {
		return fmt.Sprintf("%q is no version of Mesos", s), "such as 1.10.1"
	}
	return "", ""
}

// remoteDir checks a folder on a node.
func remoteDir(s string) (what, hint string) {
	if !path.IsAbs(s) {
		return fmt.Sprintf("%q is no absolute path on the node", s), "such as /opt/genconf"
	}
	return "", ""
}
