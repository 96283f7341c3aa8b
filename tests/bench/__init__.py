"""Figures: each `bench_*.py` has a `main(args)` that prints a table; `make bench` runs them all."""
