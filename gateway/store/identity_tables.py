"""Tables of who somebody is: people who signed in, their links and sessions.

What the identity provider said of a person lies sealed; tokens of the provider are kept nowhere.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String

from gateway.store.tables import Moment, Row, new_id


class Identity(Row):
    """A person as the identity provider knows them, found by a keyed digest of issuer and subject.

    ``citizen_id`` is whose drafts and cases this person has, from whatever channel they write.
    """

    __tablename__ = "identities"
    id = Column(String(32), primary_key=True, default=new_id)
    subject_digest = Column(String(64), nullable=False, unique=True)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    claims_sealed = Column(LargeBinary, nullable=False)
    created_at = Column(Moment, nullable=False)
    updated_at = Column(Moment, nullable=False)


class SignedIn(Row):
    """A sender who is signed in. ``draft_id`` is the application that waited for it."""

    __tablename__ = "signed_in"
    sender_digest = Column(String(64), primary_key=True)
    identity_id = Column(String(32), ForeignKey("identities.id"), nullable=False)
    level = Column(String(20), nullable=False)
    since = Column(Moment, nullable=False)
    until = Column(Moment, nullable=False)
    draft_id = Column(String(32))


class SignInLink(Row):
    """A one-time link from a conversation to the sign-in, and what is needed when it comes back.

    Only digests of link and ``state`` are kept; nonce, verifier and browser mark are sealed.
    """

    __tablename__ = "sign_in_links"
    link_digest = Column(String(64), primary_key=True)
    sender_sealed = Column(LargeBinary, nullable=False)
    expires_at = Column(Moment, nullable=False, index=True)
    state_digest = Column(String(64), unique=True)
    begun_sealed = Column(LargeBinary)
    used_at = Column(Moment)


class SignInCode(Row):
    """A person who has signed in and still has to say, in the conversation, the number on the page.

    Without it, whoever sends the link of their own conversation to somebody else would act for them.
    """

    __tablename__ = "sign_in_codes"
    sender_digest = Column(String(64), primary_key=True)
    code_digest = Column(String(64), nullable=False)
    person_sealed = Column(LargeBinary, nullable=False)
    wrong = Column(Integer, nullable=False, default=0)
    expires_at = Column(Moment, nullable=False, index=True)
