"""The demo clinic group: its offices and its staff."""

from dataclasses import dataclass, field
from datetime import time

CLINIC_NAME = "Alder Clinic"
CLINIC_PHONE = "+34910000100"
CLINIC_REPLY_TO = "reception@example.com"

ADMIN = ("admin@example.com", "Marta Iglesias Peña")
ASSISTANT = ("assistant@example.com", "Inés Carrasco Güell")  # at every office
OFFICE_ASSISTANT = ("assistant02@example.com", "Yeray Santana Marrero")  # at the last one only
BLOCKED_PATIENT = ("blocked@example.com", "Óscar Blanco Rey")
INVITED = ("invited@example.com", "Rosa Vega Montes")
PATIENT = ("patient@example.com", "Lucía Fernández Ibáñez")


@dataclass(frozen=True)
class DemoOffice:
    name: str
    street: str
    postcode: str
    city: str
    phone: str
    time_zone: str = "Europe/Madrid"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.postcode} {self.city}"

    @property
    def reply_to(self) -> str:
        return f"{self.name.split()[-1].lower()}@example.com"


OFFICES = (
    DemoOffice("Alder Centro", "Calle del Aliso 14", "28012", "Madrid", "+34910000110"),
    DemoOffice("Alder Turia", "Plaza de la Acequia 3", "46002", "Valencia", "+34960000120"),
    DemoOffice(
        "Alder Las Canteras",
        "Paseo de la Brisa 27",
        "35010",
        "Las Palmas de Gran Canaria",
        "+34928000130",
        "Atlantic/Canary",
    ),
)

Hours = tuple[tuple[time, time], ...]  # first ≤ t < last, on the office's wall clock

MORNING: Hours = ((time(9), time(14)),)
LATE: Hours = ((time(16), time(21)),)
FULL: Hours = ((time(9), time(13, 30)), (time(15), time(18)))
LONG: Hours = ((time(10), time(14)), (time(16), time(20, 30)))
SHORT: Hours = ((time(10), time(13)),)
OFF: Hours = ()


@dataclass(frozen=True)
class DemoDoctor:
    licence: str
    name: str
    specialty: str
    office: int  # index in OFFICES
    qualifications: str
    practising_since: int
    fee_euros: int
    statement: str
    languages: tuple[str, ...] = ("es",)
    week: tuple[Hours, ...] = field(default=(FULL,) * 5 + (OFF,) * 2)  # Monday first


DOCTORS = (
    DemoDoctor(
        "28/41007",
        "Dr José Núñez Beltrán",
        "General practice",
        0,
        "MD, Universidad Complutense; specialist in family medicine",
        2004,
        55,
        "I have looked after families in this quarter for twenty years, and some of my first "
        "patients now bring their children. Tell me what worries you most at the start: we will "
        "begin there. If you need a specialist, I will write the letter while you are with me.",
        languages=("en", "es"),
        week=(FULL, LONG, FULL, LONG, FULL, SHORT, OFF),
    ),
    DemoDoctor(
        "28/43519",
        "Dr Ángela Muñoz Cortés",
        "Cardiology",
        0,
        "MD, PhD; fellow of the European Society of Cardiology",
        1998,
        110,
        "Most hearts that frighten their owners are healthy, and it is a pleasure to say so. When "
        "they are not, I explain the choices with drawings rather than Latin. Please bring the "
        "list of everything you take, herbal teas included.",
        languages=("de", "en", "es"),
        week=(MORNING, FULL, MORNING, FULL, MORNING, OFF, OFF),
    ),
    DemoDoctor(
        "28/50233",
        "Dr Íñigo Etxeberria Salas",
        "Orthopaedics",
        0,
        "MD; specialist in orthopaedic surgery and sports medicine",
        2011,
        95,
        "I used to row, badly, and learnt about backs and shoulders the hard way. Surgery is the "
        "last page of the book, not the first: we try exercise, time and a good physiotherapist "
        "before I reach for it.",
        languages=("es", "eu"),
        week=(LATE, OFF, LATE, FULL, LATE, OFF, SHORT),
    ),
    DemoDoctor(
        "28/47712",
        "Dr Nuria Peñalver Soler",
        "Gynaecology",
        0,
        "MD; specialist in obstetrics and gynaecology",
        2007,
        90,
        "No question is too small or too private here. I leave ten minutes between patients so "
        "that nobody has to hurry with clothes or with words. I speak Catalan and English too.",
        languages=("ca", "en", "es"),
        week=(FULL, MORNING, LONG, MORNING, FULL, OFF, OFF),
    ),
    DemoDoctor(
        "28/52980",
        "Dr Søren Lindqvist",
        "Dermatology",
        0,
        "MD, Københavns Universitet; specialist in dermatology",
        2014,
        85,
        "I came from Aarhus for a year and stayed for the light, which keeps a dermatologist busy. "
        "Bring photographs of what comes and goes. I also see patients by video when there is "
        "nothing to touch.",
        languages=("da", "en", "es", "sv"),
        week=(LONG, LATE, MORNING, LATE, OFF, SHORT, OFF),
    ),
    DemoDoctor(
        "46/30418",
        "Dr Amparo Roselló Vidal",
        "General practice",
        1,
        "MD, Universitat de València; specialist in family medicine",
        1995,
        50,
        "Half of my work is listening. I see people of every age, make house calls near the old "
        "riverbed on Thursdays, and answer messages on the same day. Xarrem?",
        languages=("ca", "es"),
        week=(FULL, FULL, MORNING, OFF, FULL, OFF, OFF),
    ),
    DemoDoctor(
        "46/33871",
        "Dr Óscar Ibáñez Ferrer",
        "Ophthalmology",
        1,
        "MD; fellow of the European Board of Ophthalmology",
        2009,
        80,
        "Please do not drive to your first visit: the drops blur the sight for two hours. After "
        "that I promise plain answers about cataracts, pressure, lenses and screens.",
        week=(MORNING, MORNING, LONG, MORNING, MORNING, OFF, OFF),
    ),
    DemoDoctor(
        "46/35126",
        "Dr Mercè Güell Barceló",
        "Dermatology",
        1,
        "MD, PhD; specialist in dermatology",
        2003,
        90,
        "I have studied melanoma for most of my working life and still enjoy telling someone that "
        "a mole is just a mole. A full check takes half an hour, and nobody needs to be shy.",
        languages=("ca", "es"),
        week=(LATE, FULL, LATE, FULL, OFF, SHORT, OFF),
    ),
    DemoDoctor(
        "46/37940",
        "Dr Víctor Cañizares Lozano",
        "Orthopaedics",
        1,
        "MD; specialist in orthopaedic surgery, hand and wrist",
        2016,
        85,
        "Hands are my subject: musicians, climbers, cooks, people who type. I show every scan on "
        "the screen and send you home with exercises that fit into a working day.",
        week=(LONG, OFF, FULL, LATE, FULL, OFF, SHORT),
    ),
    DemoDoctor(
        "35/11854",
        "Dr Guacimara Betancor Díaz",
        "General practice",
        2,
        "MD, Universidad de Las Palmas; specialist in family medicine",
        2012,
        45,
        "Islanders and visitors are equally welcome. I like to know how you sleep, eat and swim "
        "before I prescribe anything. Portuguese and English are no trouble.",
        week=(MORNING, FULL, MORNING, FULL, MORNING, OFF, SHORT),
    ),
    DemoDoctor(
        "35/12377",
        "Dr Ayoze Falcón Quintana",
        "Cardiology",
        2,
        "MD; specialist in cardiology and cardiac rehabilitation",
        2006,
        95,
        "After a heart attack life starts again, usually with a walk along the beach. My group "
        "meets at eight on Wednesdays; everyone else finds me at the clinic.",
        week=(FULL, LATE, OFF, LONG, FULL, OFF, OFF),
    ),
    DemoDoctor(
        "35/13062",
        "Dr Renée Lefèvre Marrero",
        "Gynaecology",
        2,
        "MD, Université de Bordeaux; specialist in obstetrics and gynaecology",
        2001,
        80,
        "I have delivered babies on two islands and one ferry. For everything calmer than that, "
        "make an appointment: we will take the time it takes. Je parle français.",
        languages=("en", "es", "fr"),
        week=(OFF, MORNING, FULL, MORNING, LATE, SHORT, OFF),
    ),
)

# Their registrations wait for the admin's decision.
APPLICANTS = (
    DemoDoctor(
        "28/61204",
        "Dr Noor Haddad",
        "Dermatology",
        0,
        "MD, Université de Montpellier; specialist in dermatology",
        2016,
        80,
        "Skin shows early what the rest of us hides. I take my time with it.",
        languages=("ar", "en", "es", "fr"),
    ),
    DemoDoctor(
        "46/38850",
        "Dr Tomás Iborra Sanchis",
        "General practice",
        1,
        "MD, Universitat de València",
        2021,
        50,
        "New here, and glad to listen.",
        languages=("ca", "es"),
    ),
)
SPECIALTIES = tuple(dict.fromkeys(doctor.specialty for doctor in DOCTORS))
