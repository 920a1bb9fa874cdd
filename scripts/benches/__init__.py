"""How fast `natrec report` is, beside reading the same bytes and beside DuckDB by hand."""
