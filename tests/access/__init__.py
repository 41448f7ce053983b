"""Who may open and do what: every URL, and every id that a form or an address carries."""
