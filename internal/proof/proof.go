// Package proof says how much of the large families of alike tests is run.
package proof

import "os"

// Whole reports whether all of it is run: make proof. Otherwise a sample is, the
// same one every time.
func Whole() bool { return os.Getenv("DCOS_PATCH_PROOF") != "" }

// Of is what a test uses: usual in make test and in CI, whole in make proof.
func Of[T any](usual, whole T) T {
	if Whole() {
		return whole
	}
	return usual
}
