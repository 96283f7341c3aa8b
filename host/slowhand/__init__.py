"""Slowhand: a glove that helps a person give a good back rub."""

__version__ = "0.1.0"
