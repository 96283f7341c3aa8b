"""What the hand does: contact, centre of pressure, speed over the skin, strokes and their kinds."""
