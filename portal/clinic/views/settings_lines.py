"""The clinic's settings in words: each with its value and its last change (requirement F02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.clinic.forms.clinic import ClinicSettingsForm
from portal.clinic.queries.setting_changes import SettingChange
from portal.clinic.sections import OTHER_WORDS, SECTIONS, Section
from portal.models import ClinicSettings
from portal.models.names import fold, words_of

_FIELDS = ClinicSettingsForm.base_fields
_NAMES = {field.name: field.verbose_name for field in ClinicSettings._meta.fields}


@dataclass(frozen=True)
class SettingLine:
    """`url` leads to its field; `changed` says who changed it last, or is empty."""

    label: str
    help: str
    value: str
    url: str
    changed: str


@dataclass(frozen=True)
class SectionLines:
    section: Section
    url: str
    lines: list[SettingLine]


def found_sections(
    text: str,
    settings: ClinicSettings,
    changes: Mapping[str, SettingChange],
    zone: ZoneInfo,
) -> list[SectionLines]:
    """The settings that have all words of `text`, by section; all of them without words."""
    words, found = words_of(text), []
    for section in SECTIONS:
        names = [name for name in section.fields if _matches(words, section, name)]
        url = reverse("clinic-settings-section", args=[section.slug])
        lines = [_line(name, url, settings, changes.get(name), zone) for name in names]
        if lines:
            found.append(SectionLines(section, url, lines))
    return found


def value_words(value: Any) -> str:
    """A value as it is read, from the row or from the audit trail."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) or "–"


def label_of(name: str) -> str:
    return str(_FIELDS[name].label)


def changed_words(change: SettingChange | None, zone: ZoneInfo) -> str:
    """“Changed by Ana Ruiz on 3 March 2026, before: 4”."""
    if change is None:
        return ""
    said = {
        "name": change.by,
        "day": date_format(change.at.astimezone(zone), "j F Y"),
        "before": value_words(change.before),
    }
    return _("Changed by %(name)s on %(day)s, before: %(before)s") % said


def _line(
    name: str,
    url: str,
    settings: ClinicSettings,
    change: SettingChange | None,
    zone: ZoneInfo,
) -> SettingLine:
    return SettingLine(
        label=label_of(name),
        help=str(_FIELDS[name].help_text),
        value=value_words(getattr(settings, name)),
        url=f"{url}#id_{name}",
        changed=changed_words(change, zone),
    )


def _matches(words: list[str], section: Section, name: str) -> bool:
    """Whether each word is part of one, or begins some: “signout” finds “sign out”."""
    own = (label_of(name), _FIELDS[name].help_text, section.title)
    texts = (*own, OTHER_WORDS[name], _NAMES[name])
    have = fold(" ".join(map(str, texts))).split()
    ends = ["".join(have[at:]) for at in range(len(have))]
    return all(
        any(word in one for one in have) or any(end.startswith(word) for end in ends)
        for word in words
    )
