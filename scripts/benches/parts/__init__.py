"""One module for each part of the benchmark: `measure` answers its findings."""
