"""The live page: what the giver sees while the hands work."""
