"""Programs that mean the same in another form: each transformation leaves out whatever might change the meaning."""
