"""Generated data: a demo clinic (`demo`) and a large clinic for measurements (`seed`).

Every choice comes from a seeded random generator, so two runs differ only because of the time.
"""
