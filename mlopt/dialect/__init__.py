"""Python view of the mlopt dialect. Empty until the dialect exists."""
