"""Which account is meant: by group id, by website, by the domain of an e-mail address."""

from leadlight.people.emails import domain_of_email, domain_of_website
from leadlight.people.model import MARK, Account, Attribute, Claim, Identifier
from leadlight.people.state import State
from leadlight.people.view import is_same

GROUP_ID = "group_id"
DOMAIN = "domain"
HAS_GROUP = "$group_id"
"""Marks an account that has a group id, so that a second one does not take it."""


def group_account(state: State, claim: Claim, now_us: int) -> Account:
    """The account of a group call: by its id, else the account of its website's domain when no group has it, else new."""
    group = (GROUP_ID, str(claim.group_id))
    domain = website_of(claim)
    account = _find(state, group)
    if account is None:
        owner = _find(state, (DOMAIN, domain)) if domain else None
        account = owner if owner and HAS_GROUP not in owner.attributes else _new(state, now_us)
        account.attributes[HAS_GROUP] = Attribute(group[1], claim.source, claim.at_us)
        _bind(state, group, account)
    if domain and (DOMAIN, domain) not in state.account_identifiers:
        account.domain = account.domain or domain
        _bind(state, (DOMAIN, domain), account)
    return account


def domain_account(state: State, email: str, now_us: int) -> Account | None:
    """The account of an e-mail address, made when it is the first; None for free-mail domains."""
    domain = domain_of_email(email)
    if domain is None:
        return None
    account = _find(state, (DOMAIN, domain))
    if account is None:
        account = _new(state, now_us)
        account.domain = domain
        _bind(state, (DOMAIN, domain), account)
        refresh_account(state, account)
    return account


def website_of(claim: Claim) -> str | None:
    """The domain a group call names as the company's own."""
    return domain_of_website(claim.traits.get("website") or claim.traits.get("domain"))


def refresh_account(state: State, account: Account) -> None:
    """Bring the account's profile up to date with its attributes."""
    profile = {} if account.domain is None else {DOMAIN: account.domain}
    for field, held in account.attributes.items():
        if held.value is not None and not field.startswith(MARK):
            profile[field] = held.value
    if not is_same(profile, account.profile):
        account.profile = profile
        account.name = profile.get("name")
        state.dirty.accounts.add(account.id)
        state.step.account_changed = account.id


def _find(state: State, identifier: Identifier) -> Account | None:
    account_id = state.account_identifiers.get(identifier)
    return state.accounts[account_id] if account_id else None


def _new(state: State, now_us: int) -> Account:
    account = Account(state.make_id(), created_us=now_us)
    state.accounts[account.id] = account
    state.dirty.accounts.add(account.id)
    return account


def _bind(state: State, identifier: Identifier, account: Account) -> None:
    state.account_identifiers[identifier] = account.id
    state.dirty.account_bound[identifier] = account.id
    state.dirty.accounts.add(account.id)
