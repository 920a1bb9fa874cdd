"""The ports as AWS provides them; the only modules of the hub that import the SDK."""
