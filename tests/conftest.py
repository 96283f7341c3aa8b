"""What holds for all tests."""

from hypothesis import settings

# A busy machine is not a fault: speed is measured by benchmarks.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
