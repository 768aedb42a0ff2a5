"""How each office of the town works: its own messages, its own proof of who calls, its own habits. Data only.

The offices share one code, as the systems of one vendor do; what a caller has to cope with differs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from simulators.proofs import Key, Peer, Signed, Sm2, Token
from simulators.store import Clock, Store
from simulators.wires import Multipart, Paths, Rpc

MakeProof = Callable[[str, Store, Clock], Key]


def _key(secret: str, store: Store, clock: Clock) -> Key:
    return Key(secret)


def _token(secret: str, store: Store, clock: Clock) -> Key:
    return Token(secret, clock)


def _peer(secret: str, store: Store, clock: Clock) -> Key:
    return Peer(secret)


@dataclasses.dataclass(frozen=True)
class Style:
    """One way to work.

    ``told_later``: an application is only taken in, and callbacks tell the rest. ``asked_for``: an answer
    never says how a case stands; who wants to know asks. ``calls_a_second``: more get 429 with Retry-After.
    ``slow``: seconds, least and most, that a change takes where the town is not hurried. ``mutual_tls``: callers
    show a certificate.
    """

    wire: Paths = dataclasses.field(default_factory=Paths)
    proof: MakeProof = _key
    proof_title: str = "接口密钥"
    told_later: bool = False
    asked_for: bool = False
    calls_a_second: int = 0
    slow: tuple[float, float] = (0.0, 0.0)
    mutual_tls: bool = False

    @property
    def title(self) -> str:
        """As the office's page says it."""
        habits = {
            "先收后办、回调通知": self.told_later, "状态只能查询": self.asked_for,
            f"每秒最多 {self.calls_a_second} 次": self.calls_a_second, "办一笔要几秒": self.slow[1],
        }
        return "，".join([self.wire.title, self.proof_title, *(k for k, is_so in habits.items() if is_so)])


USUAL = Style()
STYLES: Mapping[str, Style] = {
    "medical-insurance": Style(told_later=True),
    "taxation": Style(proof=Signed, proof_title="SM3-HMAC 签名"),
    "market-regulation": Style(proof=Sm2, proof_title="SM2 签名"),
    "education": Style(wire=Multipart()),
    "health": Style(wire=Rpc(), slow=(2.0, 8.0)),
    "housing-construction": Style(asked_for=True),
    "transport": Style(calls_a_second=40),
    "disabled-persons": Style(proof=_peer, proof_title="双向 TLS 证书", mutual_tls=True),
    "veterans": Style(proof=_token, proof_title="OAuth 2.0 令牌"),
}


def scheme_of(name: str) -> str:
    """How a department is called: http, or https where callers show a certificate."""
    return "https" if STYLES.get(name, USUAL).mutual_tls else "http"
