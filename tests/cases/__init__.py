"""Small programs, one language feature each, with the exact call graph expected. README.md says how to read them."""
