"""Flow log records on this machine: found, understood and asked, without AWS."""
