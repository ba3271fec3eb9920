"""The identity rules: whose event is it, and who is the same person.

The rules see contacts as the rules alone have made them; what was merged by hand lies above and never changes what
they do. So undoing a merge by hand leaves everything as if it had never been.
"""

from uuid import UUID

from leadlight.people.errors import NobodyNamed
from leadlight.people.merging import join
from leadlight.people.model import BROWSER, DUPLICATE, Attribute, Claim, Identifier, Subject, SubjectKind
from leadlight.people.state import State

USER_ID = "user_id"
EMAIL = "email"
ANONYMOUS_ID = "anonymous_id"


def identify(state: State, claim: Claim, now_us: int) -> Subject:
    """The subject the claim belongs to, after everything it says about who is who. Raises NobodyNamed."""
    known = _known_subject(state, claim, now_us)
    if claim.previous_id and known:
        _alias(state, claim.previous_id, known, now_us)
    if claim.anonymous_id is None:
        if known is None:
            raise NobodyNamed
        return known
    browser = _browser_subject(state, claim.anonymous_id, known, now_us)
    return known or browser


def _known_subject(state: State, claim: Claim, now_us: int) -> Subject | None:
    by_user = _find(state, (USER_ID, claim.user_id)) if claim.user_id else None
    by_email = _find(state, (EMAIL, claim.email)) if claim.email else None
    if claim.user_id is None:
        return by_email or (_new_known(state, now_us, (EMAIL, claim.email)) if claim.email else None)
    if by_user and by_email:
        _unite(state, by_user, by_email, claim, now_us)
        return by_user
    if by_user:
        if claim.email:
            state.bind((EMAIL, claim.email), by_user)
        return by_user
    return _first_seen_user(state, claim.user_id, claim.email, by_email, now_us)


def _first_seen_user(state: State, user_id: str, email: str | None, by_email: Subject | None, now_us: int) -> Subject:
    """A new user id: it goes to the owner of the e-mail, unless that one has a user id already."""
    if by_email is None:
        names = [(USER_ID, user_id), (EMAIL, email)] if email else [(USER_ID, user_id)]
        return _new_known(state, now_us, *names)
    if _has_user_id(state, by_email):
        known = _new_known(state, now_us, (USER_ID, user_id))
        _report_conflict(state, known, by_email, email, now_us)
        return known
    state.bind((USER_ID, user_id), by_email)
    return by_email


def _unite(state: State, by_user: Subject, by_email: Subject, claim: Claim, now_us: int) -> None:
    """User id of one contact, e-mail of another: one person when the e-mail's contact has no user id of its own."""
    into, other = _root(state, by_user), _root(state, by_email)
    if into == other:
        return
    is_apart = into in state.contacts[other].apart_from
    if is_apart or _has_user_id(state, by_email):
        _report_conflict(state, by_user, by_email, claim.email, now_us)
    else:
        join(state, into, other, "email", now_us)


def _report_conflict(state: State, known: Subject, owner: Subject, email: str | None, now_us: int) -> None:
    """Two people claim one address: told each time, suspected to be a duplicate once."""
    other = owner.contact_id
    if known.contact_id == other:
        return
    state.step.conflict = f"{email} belongs to contact {other}, who is somebody else"
    suspected = known.attributes.get(DUPLICATE)
    if suspected is None or suspected.value != str(other):
        known.attributes[DUPLICATE] = Attribute(str(other), "identity", now_us)
        state.dirty.subjects.add(known.id)
        state.step.duplicate_of = other


def _browser_subject(state: State, anonymous_id: str, known: Subject | None, now_us: int) -> Subject:
    """The browser's subject after a join or a switch; without anybody known, whoever the browser was last."""
    name = (ANONYMOUS_ID, anonymous_id)
    browser = _find(state, name)
    if known is None:
        return browser or _new_anonymous(state, state.new_contact(now_us).id, name)
    if browser is None:
        return _new_anonymous(state, known.home_contact_id, name)
    into, other = _root(state, known), _root(state, browser)
    if into != other and not _is_known(state, other) and into not in state.contacts[other].apart_from:
        join(state, into, other, "identified", now_us)
    if (_root(state, browser), browser.contact_id) == (into, known.contact_id):
        return browser
    return _switch(state, name, browser, known, now_us)


def _switch(state: State, name: Identifier, browser: Subject, known: Subject, now_us: int) -> Subject:
    """Another known person in the same browser: from now on it is theirs, its history stays where it is."""
    mark = Attribute(name[1], "identity", now_us)
    browser.attributes[BROWSER] = mark
    state.dirty.subjects.add(browser.id)
    for subject in state.subjects_by_rule(_root(state, known)):
        earlier = subject.attributes.get(BROWSER)
        is_shown_here = subject.contact_id == known.contact_id
        if earlier and earlier.value == name[1] and is_shown_here and subject.home_contact_id == known.home_contact_id:
            state.bind(name, subject)
            return subject
    return _new_anonymous(state, known.home_contact_id, name)


def _alias(state: State, previous: str, known: Subject, now_us: int) -> None:
    """The previous id is the same person: said outright, so known contacts are joined too.

    Except a browser in the hands of somebody with another user id: that is a switch, as ever.
    """
    earlier = _find(state, (USER_ID, previous))
    if earlier:
        _join_alias(state, known, earlier, now_us)
        return
    browser = _find(state, (ANONYMOUS_ID, previous))
    if browser is None:
        state.bind((USER_ID, previous), known)
    elif not _has_user_id(state, browser):
        _join_alias(state, known, browser, now_us)
    _browser_subject(state, previous, known, now_us)


def _join_alias(state: State, known: Subject, earlier: Subject, now_us: int) -> None:
    into, other = _root(state, known), _root(state, earlier)
    if into != other:
        join(state, into, other, "alias", now_us)


def _new_known(state: State, now_us: int, *names: Identifier) -> Subject:
    contact = state.new_contact(now_us)
    subject = state.new_subject(contact.id, SubjectKind.KNOWN)
    for name in names:
        state.bind(name, subject)
    return subject


def _new_anonymous(state: State, home_contact_id: UUID, name: Identifier) -> Subject:
    subject = state.new_subject(home_contact_id, SubjectKind.ANONYMOUS)
    state.bind(name, subject)
    return subject


def _find(state: State, name: Identifier) -> Subject | None:
    subject_id = state.identifiers.get(name)
    return state.subjects[subject_id] if subject_id else None


def _root(state: State, subject: Subject) -> UUID:
    return state.rule_root(subject.home_contact_id)


def _is_known(state: State, root: UUID) -> bool:
    return any(subject.kind is SubjectKind.KNOWN for subject in state.subjects_by_rule(root))


def _has_user_id(state: State, subject: Subject) -> bool:
    """Whether the person (by the rules) of the subject has any user id."""
    people = state.subjects_by_rule(_root(state, subject))
    return any(kind == USER_ID for each in people for kind, _ in state.names.get(each.id, ()))
