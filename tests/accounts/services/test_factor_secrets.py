"""Keys of second factors: encrypting, decrypting and changing the key (requirement A12)."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from portal.accounts.services import factor_secrets
from portal.errors import SecretUnreadable
from portal.models import AuditEvent
from tests.accounts.factors import SECRET, give_app, recovery_codes
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings):
    settings.FACTOR_KEYS = [Fernet.generate_key().decode()]
    return settings.FACTOR_KEYS


def test_A12_secrets_are_stored_encrypted(keys):
    user = UserFactory()
    app = give_app(user)

    assert SECRET not in app.data["secret"]
    assert factor_secrets.decrypt(app.data["secret"]) == SECRET


def test_A12_changing_the_key_keeps_every_secret(settings, keys, capsys):
    user, new = UserFactory(), Fernet.generate_key().decode()
    app = give_app(user)
    codes = recovery_codes(user)
    settings.FACTOR_KEYS = [new, *keys]

    call_command("rotate_mfa_keys")
    settings.FACTOR_KEYS = [new]

    app.refresh_from_db()
    assert factor_secrets.decrypt(app.data["secret"]) == SECRET
    assert recovery_codes(user) == codes
    assert Authenticator.objects.get(type="recovery_codes").data["used_mask"] == 0
    assert capsys.readouterr().out.startswith("2 secrets")
    assert AuditEvent.objects.filter(verb="rotate_factor_key").count() == 2


def test_A12_a_missing_key_is_said_and_changes_nothing(settings, keys):
    app = give_app(UserFactory())
    settings.FACTOR_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="Add the old key"):
        call_command("rotate_mfa_keys")
    with pytest.raises(SecretUnreadable):
        factor_secrets.decrypt(app.data["secret"])
