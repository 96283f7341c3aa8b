"""Counts and chip axes to newtons and SI units in the hand frame."""
