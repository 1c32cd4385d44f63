package node

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// CallOff fences an attempt whose launch was not answered, and gives its state:
// CalledOff if it has not begun, and then it never will, whenever the launch
// arrives. Any other state means that it was begun. Nothing else on the node
// changes. It may be repeated, and needs no installed program.
func CallOff(ctx context.Context, h Host, c Claim, sha256 string, attempt int) (RunState, error) {
	b, err := answer(ctx, h, fromStdin(c.argv("call-off", sha256, strconv.Itoa(attempt))))
	if err != nil {
		return RunUnknown, err
	}
	text, ok := strings.CutPrefix(strings.TrimSuffix(string(b), "\n"), "state ")
	if !ok {
		return RunUnknown, fmt.Errorf("call-off answered %.80q: want \"state STATE\"", b)
	}
	state, _, err := runState(text)
	return state, err
}
