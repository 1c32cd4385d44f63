package controller

import "github.com/dcos-patch/dcos-patch/render"

// origin says whence a run was taken; only its name, when it was here before.
type origin struct {
	run string
	render.Origin
}
