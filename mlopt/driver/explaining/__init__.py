"""What each decision about a program bought, and where its time and memory go."""
