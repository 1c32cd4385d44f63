#!/bin/sh
# The node program of dcos-patch; docs/node-program.md is its contract.
echo "not written yet" >&2
exit 64
