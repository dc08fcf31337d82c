"""A comparison as a picture: both flows drawn as one, and what came, went and changed told apart."""
