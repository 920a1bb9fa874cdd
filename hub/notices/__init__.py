"""What is told: notices written from what happened, and rendered for each channel. Pure."""
