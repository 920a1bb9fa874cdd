"""The command line `natrec`: a thin skin; what each verb does lives in the packages below it."""
