"""A foreign id is as good as one that does not exist: same status, nothing read or written."""

import re
from urllib.parse import urlencode

import pytest

from tests.access.addresses import address
from tests.access.filled_in import data_of, query_of
from tests.access.ids import BEFORE_ID, CARRIED
from tests.access.world import CANARY

pytestmark = pytest.mark.django_db

SECRETS = re.compile(rf"{CANARY} [\w-]+")


def name_of(one) -> str:
    return f"{one.method} {one.page} {one.field} {one.kind} {','.join(one.roles)}"


@pytest.mark.parametrize("one", CARRIED, ids=name_of)
def test_a_foreign_id_is_as_good_as_none(world, ask, one):
    wrong = []
    for role in one.roles:
        missing = ask(role, one.method, *_with(world, one, world.thing(one.kind, "missing")))
        for whose in one.whose:
            found = ask(role, one.method, *_with(world, one, world.thing(one.kind, whose)))
            if found.status != missing.status:
                wrong.append(f"{role}, {whose}: {found.status} instead of {missing.status}")
            if read := set(SECRETS.findall(found.body)) - set(SECRETS.findall(missing.body)):
                wrong.append(f"{role}, {whose}: reads {sorted(read)}")
            if found.wrote:
                wrong.append(f"{role}, {whose}: it wrote something")
    assert not wrong, "\n".join(wrong)


def _with(world, one, pk: int) -> tuple[str, dict]:
    """The address and the data of the form, with the id where the row says."""
    path, _mark, query = address(world, one.page, one.path_kind).partition("?")
    asked = dict(part.split("=") for part in query.split("&") if part) | query_of(world, one.page)
    data = data_of(world, one.page, one.field)
    field = one.field.replace("*", str(world.thing("appointment", "own")))
    if one.is_in_address:
        asked[field] = pk
    else:
        data[field] = f"{BEFORE_ID.get(one.field, '')}{pk}"
    if one.method == "GET":
        return path, data | asked if one.page == "wait-new" else asked | _for_whom(data, one)
    return f"{path}?{urlencode(asked)}" if asked else path, data


def _for_whom(data: dict, one) -> dict:
    """Pages of the desk that say for whom in their address."""
    return {"patient": data["patient"]} if one.page.startswith("walk-in") else {}
