"""Projects in the styles that people use, recorded while they answered, and what their maps hold of that."""
