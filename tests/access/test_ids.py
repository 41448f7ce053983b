"""A foreign id is as good as one that does not exist: same status, nothing read or written."""

import re

import pytest

from tests.access.filled_in import asked_with
from tests.access.ids import CARRIED
from tests.access.world import CANARY

pytestmark = pytest.mark.django_db

SECRETS = re.compile(rf"{CANARY} [\w-]+")


def name_of(one) -> str:
    return f"{one.method} {one.page} {one.field} {one.kind} {','.join(one.roles)}"


@pytest.mark.parametrize("one", CARRIED, ids=name_of)
def test_a_foreign_id_is_as_good_as_none(world, ask, one):
    wrong = []
    for role in one.roles:
        missing = ask(role, one.method, *asked_with(world, one, world.thing(one.kind, "missing")))
        for whose in one.whose:
            found = ask(role, one.method, *asked_with(world, one, world.thing(one.kind, whose)))
            if found.status != missing.status:
                wrong.append(f"{role}, {whose}: {found.status} instead of {missing.status}")
            if read := set(SECRETS.findall(found.body)) - set(SECRETS.findall(missing.body)):
                wrong.append(f"{role}, {whose}: reads {sorted(read)}")
            if found.wrote:
                wrong.append(f"{role}, {whose}: it wrote something")
    assert not wrong, "\n".join(wrong)
