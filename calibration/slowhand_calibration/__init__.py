"""Fitting of pad curves, magnetometers and strips. Its rooms are empty: profiles ship with nominal values."""
