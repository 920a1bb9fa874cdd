"""`natrec status`: where natrec stands, read from what AWS and the hub already know."""
