"""Fits what a glove's own file must say of its motion sensor and magnetometers, from a recorded tumble.

Arrays in, numbers out: no files, no port, no clock, nothing of the ``slowhand`` package. The command that leads a person
through it is ``slowhand calibrate``.
"""
