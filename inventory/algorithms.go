package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// The algorithms that the ssh of dcos-patch has. A test holds them to that.
var (
	sshKeyExchanges = []string{"mlkem768x25519-sha256", "curve25519-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
		"diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group-exchange-sha256",
		"diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1"}
	sshCiphers = []string{"aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr",
		"aes128-cbc", "3des-cbc", "arcfour256", "arcfour128", "arcfour"}
	sshMACs     = []string{"hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1", "hmac-sha1-96"}
	sshHostKeys = []string{"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-256", "rsa-sha2-512", "ssh-rsa",
		"ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
		"ecdsa-sha2-nistp521-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com"}
)

// SSHAlgorithms are the names that the fields of ssh may have.
func SSHAlgorithms() (keyExchanges, ciphers, macs, hostKeys []string) {
	return slices.Clone(sshKeyExchanges), slices.Clone(sshCiphers), slices.Clone(sshMACs), slices.Clone(sshHostKeys)
}

// algorithms reads one name or several, the preferred one first.
func algorithms(dst *[]string, known []string) func(value) {
	return func(v value) {
		*dst = nil
		for _, item := range v.oneOrMore() {
			name, ok := item.text()
			switch {
			case !ok:
			case !slices.Contains(known, name):
				item.refuse(fmt.Sprintf("%q is no algorithm that dcos-patch has", name), algorithmHint(name, known))
			case slices.Contains(*dst, name):
				item.refuse(fmt.Sprintf("%q is here twice", name), "keep one")
			default:
				*dst = append(*dst, name)
			}
		}
	}
}

func algorithmHint(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "it has " + strings.Join(known, ", ")
}
