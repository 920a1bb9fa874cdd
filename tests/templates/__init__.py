"""The rendered templates, as AWS would read them."""
