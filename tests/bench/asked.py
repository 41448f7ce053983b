"""Who asks for what."""

from dataclasses import dataclass, field

from portal.models import User
from tests.bench.clinic import get, sign_in


@dataclass(frozen=True)
class Asked:
    """Who asks for which paths."""

    user: User
    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)

    def requests(self) -> list[str]:
        session = sign_in([self.user])[self.user.pk]
        return [get(path, session, self.headers) for path in self.paths]
