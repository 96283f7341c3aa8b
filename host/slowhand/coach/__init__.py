"""What is too fast or too hard, where, and the one helpful thing to say."""
