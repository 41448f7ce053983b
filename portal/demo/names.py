"""Invented names."""

from dataclasses import dataclass
from random import Random

from portal.enums import Gender


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


WOMEN = _words(
    "Lucía María Sofía Martina Inés Begoña Rocío Ángela Belén Nuria Mónica Verónica Mercè Núria",
    "Aránzazu Itziar Nerea Ainhoa Yaiza Guacimara Carmen Pilar Dolores Concepción Amparo Raquel",
    "Beatriz Cristina Adriana Noelia Zoë Chloé Renée Siobhán Łucja Zuzana Ingrid Fátima Amélie",
    "Agnès Olivia Hélène Birgül Anaïs Noor Mireia",
)
MEN = _words(
    "José Andrés Íñigo Óscar Ángel Álvaro Jesús Sebastián Adrián Germán Martín Nicolás Tomás",
    "Raúl Rubén Víctor Joaquín Ramón Jordi Iván Iker Unai Yeray Airam Ayoze Manuel Antonio",
    "Francisco Javier Sergio Diego Pablo Mateo Hugo Jürgen François Jörg Søren Łukasz Zoltán",
    "René Björn Mehmet Oisín Thiago Aarón",
)
SURNAMES = _words(
    "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez",
    "Hernández Díaz Álvarez Muñoz Gutiérrez Núñez Vázquez Suárez Domínguez Ibáñez Ordóñez Peña",
    "Cañizares Ibarra Etxeberria Zubiría Puig Ferrer Soler Vidal Güell Roselló Bové Santana",
    "Betancor Quintana Medina Cabrera Marrero Falcón Morales Ortega Iglesias Castaño Montañés",
    "Barceló Ribera Peñalver Cervantes Lozano Navarro Serrano Molina Prieto Cortés Guzmán Rivas",
    "Salas Beltrán Müller Sørensen O'Connor Dvořák Şahin D'Angelo Łukasik Björk Lefèvre Benali",
)


@dataclass(frozen=True)
class Person:
    name: str
    gender: Gender


def some_person(rng: Random) -> Person:
    """A first name and two surnames, as is usual in Spain; sometimes only one."""
    gender = rng.choice((Gender.FEMALE, Gender.MALE))
    first = rng.choice(WOMEN if gender == Gender.FEMALE else MEN)
    count = 1 if rng.random() < 0.12 else 2
    return Person(" ".join([first, *rng.sample(SURNAMES, count)]), gender)


def different_people(rng: Random, count: int) -> list[Person]:
    """`count` people with different names."""
    people: dict[str, Person] = {}
    while len(people) < count:
        person = some_person(rng)
        people.setdefault(person.name, person)
    return list(people.values())
