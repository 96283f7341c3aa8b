"""The wire: one definition, its codecs and the framing. No input or output happens here."""
