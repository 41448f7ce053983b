#!/usr/bin/env python
"""Django's command line for the clinic portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    from django.conf import settings  # after the setting above
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018 – it reads the settings, before any command does
    except ImproperlyConfigured as error:
        sys.exit(f"{error}\n`./dev manage …` makes the settings of a development machine.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
