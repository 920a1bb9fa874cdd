"""`natrec doctor`: checks that change nothing: each reads, and a pure function judges what was read."""
