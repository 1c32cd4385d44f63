package node

import (
	"context"
	"strconv"
)

// Swap names a cut swap that is to be finished.
type Swap struct {
	Claim
	SHA256   string   // of the script whose attempt left it
	Packages []string // of the target
	Until    Deadline // the node refuses afterwards
}

// FinishSwap finishes a cut swap of an attempt of ours forward, and starts
// dcos.target without waiting. It may be repeated, and be cut anywhere: what was
// done is not done again. *RefusedError of word "receipt" means that the swap is
// not ours, "swap" that the new set is not whole or not the target's, "late" that
// the call came after its deadline; nothing was changed then.
func FinishSwap(ctx context.Context, h Host, s Swap) error {
	args := append([]string{s.SHA256, s.Until.BootID, strconv.Itoa(s.Until.Uptime), s.Owner}, s.Packages...)
	_, err := s.change(ctx, h, "finish-swap", args...)
	return err
}
