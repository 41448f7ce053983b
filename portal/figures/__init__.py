"""How the clinic does, week by week: for admins (requirement F02)."""
