"""Ways to reach a glove: bytes in, bytes out, and what to do when the cable goes."""
