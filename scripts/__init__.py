"""The command line, the local sandbox and the executables."""
