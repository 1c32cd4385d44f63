package sshexec

import (
	"os"
	"testing"
)

// A key file may hold anything: it is read, or refused, and never a panic.
func FuzzParsePrivate(f *testing.F) {
	for _, name := range []string{"locked_ed25519", "pkcs8_aes256", "pkcs8_des3", "pkcs8_scrypt", "pkcs8.pub"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "right")
		f.Add(text[:len(text)/2], "")
	}
	f.Fuzz(func(t *testing.T, text []byte, phrase string) {
		if signer, err := parsePrivate(text, []byte(phrase)); (signer == nil) == (err == nil) {
			t.Errorf("%v, %v", signer, err)
		}
		var id identity
		id.parse(text)
		if id.signer != nil && id.public == nil || id.signer == nil && id.err == nil {
			t.Errorf("%+v", id)
		}
	})
}
