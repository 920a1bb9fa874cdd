"""A whole AWS organization on one machine: moto's server plus what moto lacks."""
