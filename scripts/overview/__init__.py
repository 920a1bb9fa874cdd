"""`natrec overview`: the hub at one look, as a page for people without console access."""
