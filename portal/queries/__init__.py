"""Reads that span models. Each says how many SQL queries it costs."""
