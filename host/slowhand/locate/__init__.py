"""Where the hand is relative to the spine."""
