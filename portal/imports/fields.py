"""What a column of the file can hold. To add a field, add an entry to FIELDS.

Each entry has the words by which other systems name it, in English, Spanish, German, French,
Portuguese and Russian, and says how a cell is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from portal.enums import Gender
from portal.errors import PortalError
from portal.imports.dates import day_in, is_sensible
from portal.models import Patient, PatientOrigin
from portal.models.lengths import longest
from portal.models.names import fold, one_line
from portal.models.phones import is_whole
from portal.web.typed_text import cleaned

NUMBER = "number"  # of the patient in the other system
NAME, FIRST, LAST = "name", "first_name", "last_name"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of this file are read."""

    date_order: str
    region: str  # two letters: the country of phone numbers without a country code
    today: date
    m_is_female: bool = False  # in Spanish “M” is a woman, beside “H” for a man


@dataclass(frozen=True, slots=True)
class Field:
    """`read` makes the value of a cell that is not empty, as text; it raises PortalError."""

    name: str  # of the Patient's field, unless it stands apart in `rows.values_of`
    label: StrOrPromise
    words: str  # folded names of columns, separated by commas
    read: Callable[[str, Reading], str]
    is_joined: bool = False  # several columns may be of this field
    known: frozenset[str] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "known", frozenset(map(fold, self.words.split(","))))


def _line(name: str, model: type = Patient) -> Callable[[str, Reading], str]:
    def read(text: str, _reading: Reading) -> str:
        line = one_line(cleaned(text))
        if len(line) > longest(model, name):
            raise PortalError(_("longer than %(n)s characters") % {"n": longest(model, name)})
        return line

    return read


def _birthday(text: str, reading: Reading) -> str:
    born = day_in(text, reading.date_order, today=reading.today)
    if born is None:
        raise PortalError(_("no date in the chosen order"))
    if born > reading.today:
        raise PortalError(_("in the future"))
    if not is_sensible(born):
        raise PortalError(_("before 1900"))
    return born.isoformat()


def _phone(text: str, reading: Reading) -> str:
    try:
        number = PhoneNumber.from_string(text, region=reading.region)
    except NumberParseException:
        number = None
    if number is None or not number.is_valid():
        raise PortalError(_("no phone number"))
    if not is_whole(text, number):
        raise PortalError(_("more than one phone number alone"))
    return number.as_e164


_GENDERS = {
    Gender.FEMALE: "f,w,female,woman,weiblich,frau,mujer,femenino,femenina,femme,feminin,feminino,"
    "feminina,mulher,fem,ж,жен,женский,женщина",
    Gender.MALE: "m,h,male,man,mannlich,herr,mann,hombre,masculino,masculin,homme,homem,varon,masc,"
    "м,муж,мужской,мужчина",
    Gender.OTHER: "d,x,o,other,divers,diverse,otro,otra,autre,outro,outra,другой,nonbinary",
    Gender.UNSTATED: "u,unknown,unbekannt,desconocido,inconnu,desconhecido,n a,na,неизвестно",
}
_GENDER_OF = {fold(word): gender for gender, words in _GENDERS.items() for word in words.split(",")}


def _gender(text: str, reading: Reading) -> str:
    word = fold(text)
    if word == "m" and reading.m_is_female:
        return Gender.FEMALE.value
    if word not in _GENDER_OF:
        raise PortalError(_("not a gender that is known here"))
    return _GENDER_OF[word].value


FIELDS = {
    one.name: one
    for one in (
        Field(
            NAME,
            gettext_lazy("Full name"),
            "name,full name,patient,patient name,nombre completo,nombre y apellidos,paciente,"
            "patientenname,vollstandiger name,nom complet,nom et prenom,nome completo,фио,пациент",
            _line("name"),
        ),
        Field(
            FIRST,
            gettext_lazy("First name"),
            "first name,firstname,given name,forename,nombre,nombres,vorname,prenom,primeiro nome,"
            "nome proprio,имя",
            _line("name"),
        ),
        Field(
            LAST,
            gettext_lazy("Last name"),
            "last name,lastname,surname,family name,apellido,apellidos,nachname,familienname,nom,"
            "nom de famille,sobrenome,apelido,фамилия",
            _line("name"),
        ),
        Field(
            "date_of_birth",
            gettext_lazy("Date of birth"),
            "date of birth,birth date,birthdate,birthday,dob,born,fecha de nacimiento,nacimiento,"
            "fecha nacimiento,f nacimiento,geburtsdatum,geboren,geb datum,geburtstag,"
            "date de naissance,naissance,ne le,data de nascimento,nascimento,дата рождения",
            _birthday,
        ),
        Field(
            "gender",
            gettext_lazy("Gender"),
            "gender,sex,sexo,genero,geschlecht,sexe,genre,пол",
            _gender,
        ),
        Field(
            "phone",
            gettext_lazy("Phone"),
            "phone,phone number,telephone,tel,mobile,mobile phone,cell,cell phone,telefono,movil,"
            "telefono movil,celular,telefon,telefonnummer,handy,mobil,mobilnummer,telephone mobile,"
            "portable,numero de telephone,telefone,telemovel,телефон,мобильный,номер телефона",
            _phone,
        ),
        Field(
            "address",
            gettext_lazy("Address"),
            "address,street,postcode,post code,zip,zip code,city,town,direccion,domicilio,calle,"
            "codigo postal,cp,ciudad,poblacion,adresse,anschrift,strasse,straße,plz,postleitzahl,"
            "ort,stadt,rue,code postal,ville,endereco,morada,rua,cep,cidade,адрес,улица,индекс,"
            "город",
            _line("address"),
            is_joined=True,
        ),
        Field(
            "emergency_contact",
            gettext_lazy("Emergency contact"),
            "emergency contact,contacto de emergencia,persona de contacto,notfallkontakt,"
            "contact d urgence,personne a prevenir,contato de emergencia,экстренный контакт",
            _line("emergency_contact"),
        ),
        Field(
            "emergency_phone",
            gettext_lazy("Emergency contact’s phone"),
            "emergency phone,emergency contact phone,emergency number,telefono de emergencia,"
            "notfalltelefon,notfallnummer,telephone d urgence,telefone de emergencia,"
            "экстренный телефон",
            _phone,
        ),
        Field(
            NUMBER,
            gettext_lazy("Number in the other system"),
            "id,no,nr,number,patient id,patient number,patient no,record number,chart number,mrn,"
            "numero,numero de paciente,historia,nº historia,numero de historia,patientennummer,"
            "patienten nr,patientennr,numero patient,numero de dossier,dossier,prontuario,"
            "numero do paciente,номер,номер карты",
            _line("number", PatientOrigin),
        ),
    )
}
# Written as they are into the patient; the others stand apart.
STORED = [name for name in FIELDS if name not in (FIRST, LAST, NUMBER)]
