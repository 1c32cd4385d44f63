package sshexec

import "testing"

// Distributions switch GSSAPI on for everybody: it is worth a word only where the host takes it.
func TestSettingsForOtherLoginsAreToldWhereTheHostTakesThem(t *testing.T) {
	for _, c := range []struct {
		setting string
		accepts []string
		want    bool
	}{
		{"GSSAPIAuthentication of /etc/ssh/ssh_config:53 (x)", []string{"publickey"}, true},
		{"gssapiauthentication of c:1 (x)", []string{"publickey", "gssapi-with-mic"}, false},
		{"HostbasedAuthentication of c:2 (x)", []string{"publickey", "password"}, true},
		{"HostbasedAuthentication of c:2 (x)", []string{"hostbased"}, false},
		{"PKCS11Provider of c:3 (x)", []string{"publickey"}, false},
		{"/root/.ssh/id_rsa: no such file", []string{"publickey"}, false},
	} {
		if got := elsewhere(c.setting, c.accepts); got != c.want {
			t.Errorf("%s at a host that takes %v: left out %t, want %t", c.setting, c.accepts, got, c.want)
		}
	}
}
