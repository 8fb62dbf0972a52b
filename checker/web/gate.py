"""A request → who it comes from, and whether the form it carries was ours."""

import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from checker.web.trials import Trial

_FIELDS = 40


class Role(StrEnum):
    """What somebody may do: hand in, look at everything and decide, and besides look after accounts."""

    BUREAU = "bureau"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return {"bureau": "预算单位", "reviewer": "审核人员", "admin": "管理员"}[self]


@dataclass(frozen=True)
class Person:
    """Who asks; is_alone where there are no accounts, so that whoever is at this machine may do everything.

    is_lapsed where their session is over: what they upload is kept for them, and nothing is shown.
    """

    name: str
    role: Role
    bureau: str = ""
    is_alone: bool = False
    is_lapsed: bool = False

    @property
    def may_review(self) -> bool:
        return self.role is not Role.BUREAU

    @property
    def may_administer(self) -> bool:
        return self.role is Role.ADMIN and not self.is_alone

    def owns(self, trial: Trial) -> bool:
        """A check belongs to the one who uploaded it, and to nobody else, whatever their role."""
        return trial.owner == self.name


ALONE = Person("", Role.ADMIN, is_alone=True)


class NotLoggedIn(Exception):  # noqa: N818 says what is the matter, and is no error
    """Somebody has to log in first."""


class MustRenew(Exception):  # noqa: N818 as above
    """Somebody was given a password and has to choose one of their own first."""


class Expired(HTTPException):
    """A form that is not from a page of this session."""

    def __init__(self) -> None:
        super().__init__(403, "expired")


def enter(request: Request) -> Person:
    """Who asks, for every page; raises NotLoggedIn or MustRenew."""
    office = request.app.state.office
    person, session = office.accounts.of(request) if office.settings.accounts else (ALONE, "alone")
    return _let_in(request, person, session)


def enter_with_upload(request: Request) -> Person:
    """Who asks, where a file comes along: one whose session ended meanwhile must not lose it."""
    try:
        return enter(request)
    except NotLoggedIn:
        lapsed = request.app.state.office.accounts.lapsed(request)
        if lapsed is None:
            raise
        return _let_in(request, *lapsed)


def review(request: Request) -> Person:
    """Who asks, for pages of the finance office; for others these pages do not exist."""
    person = enter(request)
    if not person.may_review:
        raise HTTPException(404)
    return person


def administer(request: Request) -> Person:
    """Who asks, for pages about accounts; for others these pages do not exist."""
    person = enter(request)
    if not person.may_administer:
        raise HTTPException(404)
    return person


def _let_in(request: Request, person: Person, session: str) -> Person:
    request.state.reader, request.state.csrf = person, token(request.app.state.office.settings.home, session)
    return person


async def form_of(request: Request, files: int = 0) -> FormData:
    """The form of a page of ours; raises Expired for any other."""
    form = await request.form(max_files=files or 1, max_fields=_FIELDS)
    sent = form.get("csrf")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), request.state.csrf.encode()):
        raise Expired
    return form


def token(home: Path, session: str) -> str:
    """What a form must carry: it cannot be known without the session, and outlives a restart."""
    return hmac.new(secret(home), session.encode(), sha256).hexdigest()


def secret(home: Path) -> bytes:
    """Ours alone, made once and kept."""
    path = home / "secret"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        aside = home / f".secret.{secrets.token_hex(4)}"
        aside.touch(mode=0o600)
        aside.write_bytes(secrets.token_bytes(32))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        return path.read_bytes()
