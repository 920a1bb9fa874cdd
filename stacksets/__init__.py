"""Deploy time: load the config, render templates, bundle the code, apply."""
