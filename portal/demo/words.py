"""Texts and addresses of the demo clinic."""

STREETS = (
    "Calle del Fresno",
    "Calle de la Encina",
    "Avenida del Olmo",
    "Plaza del Avellano",
    "Calle Alondra",
    "Paseo de las Acacias Blancas",
    "Calle del Molino Viejo",
    "Travesía del Tilo",
    "Calle Golondrina",
    "Ronda de los Almendros",
    "Calle del Manantial",
    "Camino de la Higuera",
)

REASONS = {
    "General practice": (
        "A cough that has not gone away for three weeks",
        "Tired all the time since the summer",
        "Yearly check-up",
        "Results of the blood test",
        "Blood pressure has been high at home",
        "Travel vaccinations",
        "A sick note is needed for work",
        "",
    ),
    "Cardiology": (
        "Palpitations in the evening",
        "Follow-up after the echocardiogram",
        "Short of breath on the stairs",
        "Review of the blood pressure tablets",
        "My father had a heart attack at fifty; I would like a check",
        "",
    ),
    "Dermatology": (
        "A mole that has changed colour",
        "Eczema on both hands",
        "Acne, second consultation",
        "Yearly check of moles",
        "A rash after the new washing powder",
        "",
    ),
    "Gynaecology": (
        "Yearly check-up",
        "Advice on contraception",
        "Very painful periods",
        "Second visit of the pregnancy",
        "Results of the smear test",
        "",
    ),
    "Ophthalmology": (
        "Blurred sight in the left eye",
        "Pressure check",
        "New glasses: is the prescription still right?",
        "Dry eyes at the computer",
        "Dark spots that float about",
        "",
    ),
    "Orthopaedics": (
        "Knee hurts going downstairs",
        "Follow-up after the wrist fracture",
        "Lower back pain for two months",
        "Shoulder: the physiotherapist asked for a scan",
        "Insoles",
        "",
    ),
}

CANCEL_COMMENTS = {
    "health": (
        "I have a temperature and would rather not bring it along.",
        "Back in hospital.",
        "",
    ),
    "personal": (
        "A meeting that cannot be moved.",
        "My daughter’s school closes early that day.",
        "We are away that week after all.",
        "",
    ),
    "other_specialist": ("I was seen elsewhere last week, thank you.", ""),
    "other": ("It is better already.", "The train strike.", ""),
}

REVIEW_COMMENTS = {
    5: (
        "Took the time to explain everything and never looked at the clock.",
        "Kind, clear and on time. I came out calmer than I went in.",
        "Found in ten minutes what others had missed for a year.",
        "Le agradezco mucho la paciencia con mi madre.",
        "I understood my results for the first time.",
    ),
    4: (
        "Very good doctor; the waiting room was full.",
        "Thorough and friendly. Parking nearby is difficult.",
        "Clear advice, and a written plan to take home.",
    ),
    3: (
        "Competent, though the visit felt rushed.",
        "Fine, but I waited forty minutes.",
    ),
    2: ("I would have liked more explanation of the treatment.",),
    1: ("Nobody told me that the doctor was running an hour late.",),
}
