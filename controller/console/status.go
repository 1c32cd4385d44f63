package console

import (
	"io"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// NoRun says that there is no run in a directory.
func (c *Console) NoRun(dir string) error {
	if c.JSON {
		return render.Value(c.Out, c.Program.NoRun(dir))
	}
	render.Say(c.Out, "no run in %s", dir)
	return nil
}

// Status tells where a run is.
func (c *Console) Status(st controller.Status) error {
	p := c.Program
	if c.JSON {
		return render.Value(c.Out, summary(p.Summary(st.View), st.Warned, st.Packs))
	}
	text := p.Status(st.View) + render.WarnedLines(st.Warned, "warned  ")
	for _, path := range st.Packs {
		text += render.PackLine(path)
	}
	if st.Word == orchestrator.ControllerGone {
		text += p.Leave(st.View) + "its controller is gone: what runs on nodes goes on there\n  next    " + p.Run("resume", "--run", st.Run) + ": it looks at the nodes first\n"
	}
	_, err := io.WriteString(c.Out, text)
	return err
}

// Run is one run of many.
func (c *Console) Run(st controller.Status) error {
	sum := c.Program.Summary(st.View)
	if st.Err != nil {
		sum = render.Unreadable(st.Run, st.Err)
	}
	if c.JSON {
		return render.Value(c.Out, sum)
	}
	render.Say(c.Out, "%s", c.Program.RunLine(sum))
	return nil
}

// Summary is what a run came to, for programs.
func (c *Console) Summary(r controller.Result) render.Summary {
	return summary(c.Program.Summary(r.State.View(time.Now())), r.Warned, r.Packs)
}

func summary(sum render.Summary, warned, packs []string) render.Summary {
	sum.Warnings = warned
	if len(packs) > 0 {
		sum.Pack = packs[0]
	}
	return sum
}
