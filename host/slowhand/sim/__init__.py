"""A body, a hand and sensors, from the physics: ground truth and a simulated glove."""
