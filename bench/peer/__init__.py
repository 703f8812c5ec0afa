"""The same review built with viewflow.workflow and its row lock, as its documentation teaches it."""
