"""What can be done in a running sandbox and seen of it from outside, by tests and by benches."""
