"""Views: who is it, is the form valid, one service or one query, a page."""
