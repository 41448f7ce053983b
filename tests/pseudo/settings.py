"""The portal's settings with the pseudo-language as its only one."""

from clinic.settings import *  # noqa: F403 (all of its settings)
from tests.pseudo.language import CODE

LANGUAGE_CODE = CODE
LANGUAGES = [(CODE, "Pseudo")]
USE_I18N = True
