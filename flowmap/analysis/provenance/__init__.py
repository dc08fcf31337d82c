"""Where values came from: explanations of call edges, out of a run that is at its fixpoint."""
