package inventory

// showGates shows the operator's own gates, with all that they demand.
func showGates(gates []Gate) page {
	all := list()
	all.Style = 0
	for _, g := range gates {
		said := mapping().set("name", g.Name).set("command", g.Command).set("http", g.HTTP)
		of, via := "node", ""
		if g.OfCluster {
			of = "cluster"
		}
		if g.HTTP != "" {
			via = "controller"
			if g.ViaNode {
				via = "node"
			}
		}
		all.add(said.set("via", via).set("prometheus", g.Prometheus).setNode("want", showWant(g)).set("of", of).
			setTime("span", g.Span).setTime("every", g.Every).setTime("within", g.Within).setTime("timeout", g.Timeout))
	}
	return all
}

func showWant(g Gate) page {
	if g.Prometheus != "" {
		return page{scalar(g.Want.String())}
	}
	values := flow()
	for _, w := range g.WantJSON {
		values.set(w.Path, w.Value)
	}
	return flow().set("text", g.WantText).setNode("json", values)
}
