"""Names and passwords, cookies, tokens, what a proxy says → the person who asks."""

import asyncio
import re
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from checker.ledger import Ledger, audit
from checker.ledger import accounts as kept
from checker.ledger.accounts import Limit, Token, User
from checker.web.folders import tame
from checker.web.gate import MustRenew, NotLoggedIn, Person, Role
from checker.web.peers import address_of, identity_of
from checker.web.settings import Settings

LEAST = 10
_LONGEST = 256
# The folders of those who hand in for no bureau.
_NO_BUREAU = re.compile(r"账号 .*|本机|未命名")
_LONGEST_BUREAU = 200
_NAME = re.compile(r"[\w.@-]{1,64}")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_RENEWING = {"/password", "/logout"}
_GRACE = timedelta(days=1)  # so long after its end a session still says whose upload arrives


class TooMany(Exception):  # noqa: N818 says what is the matter
    """Too many passwords were wrong; the next one is looked at later."""


@dataclass(frozen=True)
class Accounts:
    """The accounts of one ledger. Of passwords and secrets only hashes are kept."""

    ledger: Ledger
    settings: Settings
    limit: Limit = field(default_factory=Limit)
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))  # 64 MB each, asked for by strangers

    def exist(self) -> bool:
        return kept.has_users(self.ledger)

    def bureaus(self) -> tuple[str, ...]:
        """The bureaus that have an account."""
        return tuple(sorted({user.bureau for user in kept.users_of(self.ledger) if user.bureau}))

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the prefix makes browsers keep it to this host and to https."""
        return "__Host-session" if self.settings.secure else "session"

    def of(self, request: Request) -> tuple[Person, str]:
        """Who asks, and what their forms are signed with; raises NotLoggedIn, MustRenew, HTTPException."""
        is_api = request.url.path.startswith("/api/")
        told = request.headers.get("authorization", "")
        if is_api and told:
            return self._of_token(told)
        if is_api and request.method not in _SAFE:
            raise NotLoggedIn  # what a browser sends along by itself must not change anything there
        return self._of_proxy(request) or self._of_session(request)

    def _of_token(self, told: str) -> tuple[Person, str]:
        scheme, _, secret = told.partition(" ")
        user = kept.token_holder(self.ledger, digest(secret.strip())) if scheme.lower() == "bearer" else None
        if user is None:
            raise NotLoggedIn
        return person_of(user), f"token:{user.name}"

    def _of_proxy(self, request: Request) -> tuple[Person, str] | None:
        name = identity_of(request.scope, self.settings.proxies, self.settings.identity_header)
        if not name:
            return None
        user = kept.user_named(self.ledger, name)
        if user is None:
            raise HTTPException(403, "stranger")
        return person_of(user), f"proxy:{user.name}"

    def _of_session(self, request: Request) -> tuple[Person, str]:
        secret = request.cookies.get(self.cookie, "")
        found = kept.session(self.ledger, digest(secret)) if secret else None
        if found is None or found[1] <= self.ledger.clock():
            raise NotLoggedIn
        if found[0].renew and request.url.path not in _RENEWING:
            raise MustRenew
        return person_of(found[0]), secret

    def lapsed(self, request: Request) -> tuple[Person, str] | None:
        """Whose session it was that is over, for a day after its end: an upload on its way is kept for them."""
        secret = request.cookies.get(self.cookie, "")
        found = kept.session(self.ledger, digest(secret)) if secret else None
        if found is None or found[0].renew or found[1] + _GRACE <= self.ledger.clock():
            return None
        return replace(person_of(found[0]), is_lapsed=True), secret

    def log_in(self, request: Request, name: str, password: str) -> str | None:
        """The secret of a new session, or None where name and password do not go together; raises TooMany."""
        address = self.address(request)
        user = self.prove(name, password, address)
        self.note(user.name if user else name, "login" if user else "login-failed", address=address)
        if user is None:
            return None
        self.log_out(request)
        secret = secrets.token_urlsafe(32)
        begun = kept.begin_session(self.ledger, user, digest(secret), self.settings.session_seconds)
        return secret if begun else None

    def prove(self, name: str, password: str, address: str) -> User | None:
        """The account, if the password is right; what is tried counts before it is looked at. raises TooMany."""
        name = tidy(name)[:_LONGEST]
        if not kept.may_try(self.ledger, name, address, self.limit):
            self.note(name, "login-refused", address=address)
            raise TooMany
        user = kept.user_named(self.ledger, name)
        if not self._is_right(user.password if user else "", password):
            return None
        kept.forgive(self.ledger, name, address)
        return user

    def _is_right(self, hashed: str, password: str) -> bool:
        """Takes as long for a name that does not exist."""
        try:
            return self.hasher.verify(hashed or _nobody(self.hasher), password[:_LONGEST]) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False

    def log_out(self, request: Request) -> None:
        secret = request.cookies.get(self.cookie)
        if secret:
            kept.end_session(self.ledger, digest(secret))

    def add(self, name: str, role: Role, bureau: str, password: str, *, renew: bool = False) -> str:
        """Add an account; what is wrong with it, in Chinese, or nothing."""
        name, bureau = tidy(name), tidy(bureau)
        problem = _wrong_with(name, role, bureau) or self._too_like(bureau) or weakness(name, password)
        if problem:
            return problem
        done = kept.add_user(self.ledger, name, role, bureau, self.hasher.hash(password), renew=renew)
        return "" if done else f"已有名为 {name} 的账号。"

    def _too_like(self, bureau: str) -> str:
        """What another bureau is called that would share a folder with this one, in a sentence, or nothing."""
        other = next((one for one in self.bureaus() if one != bureau and tame(one) == tame(bureau)), "")
        return f"单位“{bureau}”与已有的“{other}”报送时会混在一起，请换一种写法。" if other else ""

    def change(self, name: str, password: str, *, renew: bool = False, instead_of: str | None = None) -> str:
        """Set a password and end all sessions of the account; what is wrong, or nothing.

        instead_of is the hash of the one that was proved: somebody may have set another meanwhile.
        """
        return weakness(name, password) or self._set(name, password, renew=renew, instead_of=instead_of)

    def reset(self, name: str, password: str, *, renew: bool = False) -> str:
        """Set a password for somebody else: nothing of what opened the account before does so any longer."""
        return weakness(name, password) or self._set(name, password, renew=renew, tokens_too=True)

    def _set(self, name: str, password: str, **how: Any) -> str:
        done = kept.set_password(self.ledger, name, self.hasher.hash(password), **how)
        return "" if done else f"没有名为 {name} 的账号，或它的口令刚刚被重设。"

    def begin(self, name: str) -> str:
        """The secret of a new session for somebody who has proved who they are."""
        user, secret = kept.user_named(self.ledger, name), secrets.token_urlsafe(32)
        if user is None:
            raise NotLoggedIn
        if not kept.begin_session(self.ledger, user, digest(secret), self.settings.session_seconds):
            raise NotLoggedIn
        return secret

    def give_token(self, name: str, label: str) -> str:
        """A new token; it is told once and kept as a hash. "" where there is no such account."""
        user = kept.user_named(self.ledger, name)
        if user is None:
            return ""
        secret = f"blc_{secrets.token_urlsafe(32)}"
        kept.add_token(self.ledger, user, digest(secret), tidy(label)[:100] or "令牌")
        return secret

    def tokens(self, name: str) -> tuple[Token, ...]:
        return kept.tokens_of(self.ledger, name)

    def address(self, request: Request) -> str:
        return address_of(request.scope, self.settings.proxies)

    def note(self, who: str, what: str, about: str = "", address: str = "", status: int = 0) -> None:
        """Write down who did what."""
        audit.note(self.ledger, who, what, about, address, status)

    def tend(self) -> None:
        """Forget what need not be kept any longer."""
        if not self.settings.accounts:
            return
        kept.forget_sessions(self.ledger, _GRACE)
        audit.forget(self.ledger, timedelta(days=self.settings.audit_days))


def person_of(user: User) -> Person:
    return Person(user.name, Role(user.role), user.bureau)


def digest(secret: str) -> str:
    """A secret of ours is long and random: a plain hash hides it well enough, and can be looked up."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def weakness(name: str, password: str) -> str:
    """What makes a password too easy, in Chinese, or nothing."""
    if len(password) < LEAST:
        return f"口令至少要 {LEAST} 个字符。"
    if len(password) > _LONGEST:
        return f"口令不能超过 {_LONGEST} 个字符。"
    if len(set(password)) < LEAST // 2 or name.lower() in password.lower():
        return "口令太容易猜到：请不要重复同一个字符，也不要包含账号名。"
    return ""


def invented() -> str:
    """A password to hand over, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _wrong_with(name: str, role: Role, bureau: str) -> str:
    if not _NAME.fullmatch(name):
        return "账号名只能用汉字、字母、数字和 . _ - @，最长 64 个字符。"
    if role is Role.BUREAU and not bureau:
        return "预算单位的账号须写明单位名称（--bureau）。"
    if len(bureau) > _LONGEST_BUREAU:
        return f"单位名称最长 {_LONGEST_BUREAU} 个字。"
    if _NO_BUREAU.fullmatch(bureau):
        return f"单位名称不能是“{bureau}”：没有单位的人报送时用这个名称。"
    return ""


@cache
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
