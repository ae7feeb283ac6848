# SPDX-License-Identifier: Apache-2.0
"""Where credentials become references and back, and what is left of those that were deleted (8.3.12)."""

from collections.abc import Callable, Iterable

from open63110.kernel.ids import SubjectRef
from open63110.model.deletion import ERASED
from open63110.model.token import CARD, IDENTIFIERS, Credential, Subject, Token, normal
from open63110.ports import Ids
from open63110.runtime.commit import MISSING, GroupCommit


class KnownSubjects:
    """The part of what a node knows that says whom references stand for; implements ports.Subjects."""

    tokens: dict[SubjectRef, Token]

    def __init__(self, commit: GroupCommit, ids: Ids) -> None:
        """Begin with nobody."""
        self._commit, self._ids = commit, ids
        self._refs: dict[Credential, SubjectRef] = {}
        """By the spelling that is compared."""
        self._values: dict[SubjectRef, Credential] = {}
        self._tombstones: dict[str, SubjectRef] = {}
        """By fingerprint: what stands for credentials that were deleted."""
        self.fingerprint: Callable[[Credential], str] = str
        """What is kept of a credential that was deleted: always the same, and nothing that anybody else can make."""

    def ref(self, credential: Credential) -> SubjectRef:
        """Return the reference of this credential, a new one if it was never seen."""
        return self._refs.get(normal(credential)) or self._name(credential)

    def named(self, value: str) -> SubjectRef:
        """Return whom a wire means that does not say of what kind a credential is: one the operator knows, else a card."""
        for kind in IDENTIFIERS:
            ref = self._refs.get(normal(Credential(kind=kind, value=value)))
            if ref in self.tokens:
                return ref
        return self.ref(Credential(kind=CARD, value=value))

    def credential(self, ref: SubjectRef) -> Credential | None:
        """Return the credential, None if it was erased."""
        return self._values.get(ref)

    def find(self, credential: Credential) -> SubjectRef | None:
        """Return the reference of a credential, None if it was never seen; nobody becomes known by asking."""
        return self._refs.get(normal(credential)) or self._tombstone(credential)

    def erased(self, ref: SubjectRef) -> bool:
        """Tell whether a reference stands for a credential that was deleted."""
        return ref in self._tombstones.values()

    def tombstones(self) -> Iterable[str]:
        """Return the fingerprints of credentials that were deleted."""
        return self._tombstones.keys()

    def credentials(self) -> Iterable[tuple[SubjectRef, Credential]]:
        """Return whom references stand for."""
        return self._values.items()

    def _tombstone(self, credential: Credential) -> SubjectRef | None:
        return self._tombstones.get(self.fingerprint(credential)) if self._tombstones else None

    def _name(self, credential: Credential) -> SubjectRef:
        """Give somebody a reference who was never seen, or that of a tombstone to whom is to be forgotten."""
        known = self._tombstone(credential)
        if known is not None:
            return known
        subject = Subject(ref=self._ids.subject(), kind=credential.kind, value=credential.value)
        self._commit.undoable(self._refs, normal(credential), MISSING)
        self._commit.undoable(self._values, subject.ref, MISSING)
        self.learn(subject)
        self._commit.batch.puts["subject", subject.ref] = subject
        return subject.ref

    def keep_subject(self, ref: SubjectRef, subject: Subject | None) -> None:
        """Learn what a reference stands for, or forget it."""
        old = self._values.get(ref)
        keys = [normal(one) for one in (old, Credential(kind=subject.kind, value=subject.value) if subject else None) if one]
        self._commit.undoable(self._values, ref, self._values.get(ref, MISSING))
        for key in keys:
            self._commit.undoable(self._refs, key, self._refs.get(key, MISSING))
        for fingerprint in [one for one, stone in self._tombstones.items() if stone == ref]:
            self._commit.undoable(self._tombstones, fingerprint, self._tombstones.pop(fingerprint))
        if old is not None:
            self._values.pop(ref)
            if self._refs.get(keys[0]) == ref:
                self._refs.pop(keys[0])
        if subject is not None:
            if subject.kind == ERASED:
                self._commit.undoable(self._tombstones, subject.value, MISSING)
            self.learn(subject)

    def learn(self, subject: Subject) -> None:
        """Know what a reference stands for; not written anywhere."""
        if subject.kind == ERASED:
            self._tombstones[subject.value] = subject.ref
            return
        credential = self._values[subject.ref] = Credential(kind=subject.kind, value=subject.value)
        self._refs.setdefault(normal(credential), subject.ref)
