"""AWS itself, as far as natrec needs it: moto and one adapter for each thing moto lacks or is too kind about.

Nothing here knows natrec: an adapter imports moto, botocore and the other adapters, never `hub`, `spoke` or
`stacksets`.
"""

from scripts.sandbox.engine import sdk_files

sdk_files.install()  # here, for moto reads as soon as it is imported
