"""What we hold ourselves to, measured: one command, one table, a part for each subject."""
