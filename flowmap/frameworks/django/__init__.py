"""Django: its project template, its entries, its landmarks; told by the structure of its source."""
