"""Invented people and diaries: a clinic to look at (`demo`) and a large one to measure (`seed`).

Every choice comes from a seeded generator, so that only the clock makes two runs differ.
"""
