"""What the organization wants, and the names every account agrees on."""
