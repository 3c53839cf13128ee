"""The demo's accounts: users, members, invitations and payment methods."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from db.demo_marker import DEMO_ISSUER
from db.enums import AccountKind, MemberRole, MembershipStatus
from db.seed.demo.account_builder import AccountBuilder, Actor, World
from db.seed.demo.customers import Customer, Invitation, Member, Method
from db.seed.demo.people import PEOPLE, Person
from db.tables import Account, Membership, PaymentMethod, User
from db.terms import end_of_month

_EMAILS = {person.subject: person.email for person in PEOPLE}


def add_user(world: World, person: Person, known_for: int) -> UUID:
    """A user first seen so many days ago."""
    at = world.moment(world.day(-known_for))
    user_id = world.id(at)
    world.rows.add(
        User(
            id=user_id,
            issuer=DEMO_ISSUER,
            subject=person.subject,
            email=person.email,
            email_verified=True,
            name=person.name,
            created_at=at,
        )
    )
    return user_id


def open_account(world: World, customer: Customer, users: Mapping[str, UUID]) -> AccountBuilder:
    """The account with its members and methods. A personal one has the id of its owner."""
    at = world.moment(world.day(-customer.opened))
    owner = customer.members[0].subject
    account_id = users[owner] if customer.kind is AccountKind.PERSONAL else world.id(at)
    world.rows.add(Account(id=account_id, kind=customer.kind, name=customer.name, created_at=at))
    account = AccountBuilder(world, account_id, Actor(_EMAILS[owner], users[owner], at))
    account.record(at, "account.created", ("Account", account_id), None, {"name": customer.name})
    for member in customer.members:
        _add_member(account, member, users[member.subject])
    for invitation in customer.invitations:
        _invite(account, invitation)
    for method in customer.methods:
        _add_method(account, method)
    return account


def _add_member(account: AccountBuilder, member: Member, user_id: UUID) -> None:
    """The owner is there from the start; everybody else was invited two days before."""
    world, email = account.world, _EMAILS[member.subject]
    owner = member.role is MemberRole.OWNER
    since = account.owner.since if owner else world.moment(world.day(-member.since))
    invited_at = since if owner else world.moment(world.day(-member.since - 2))
    membership = Membership(
        account_id=account.account_id,
        id=world.id(invited_at),
        user_id=user_id,
        email=email,
        role=member.role,
        status=member.status,
        since=since,
    )
    world.rows.add(membership)
    account.members[member.subject] = membership.id
    subject = ("Membership", membership.id)
    if not owner:
        account.record(invited_at, "membership.invited", subject, None, {"email": email, "role": MemberRole.MEMBER})
        account.record(since, "membership.accepted", subject, actor=Actor(email, user_id, since))
    if member.role is MemberRole.ADMIN:
        _promote(account, member, Actor(email, user_id, since))
    if member.status is MembershipStatus.BLOCKED:
        _record_block(account, member)


def _promote(account: AccountBuilder, member: Member, actor: Actor) -> None:
    at = actor.since + timedelta(minutes=20)
    role = {"role": MemberRole.MEMBER}, {"role": MemberRole.ADMIN}
    account.record(at, "membership.role_changed", ("Membership", account.members[member.subject]), *role)
    account.admins.append(actor)


def _record_block(account: AccountBuilder, member: Member) -> None:
    at = account.world.moment(account.world.day(-member.since // 2))
    status = {"status": MembershipStatus.ACTIVE}, {"status": MembershipStatus.BLOCKED}
    account.record(at, "membership.blocked", ("Membership", account.members[member.subject]), *status)


def _invite(account: AccountBuilder, invitation: Invitation) -> None:
    at = account.world.moment(account.world.day(-invitation.since))
    membership = Membership(
        account_id=account.account_id,
        id=account.world.id(at),
        user_id=None,
        email=invitation.email,
        role=invitation.role,
        status=MembershipStatus.INVITED,
        since=at,
    )
    account.world.rows.add(membership)
    after = {"email": invitation.email, "role": invitation.role}
    account.record(at, "membership.invited", ("Membership", membership.id), None, after)


def _add_method(account: AccountBuilder, method: Method) -> None:
    """Known to a processor by a token that nobody else's method has."""
    world = account.world
    at = account.owner.since + timedelta(minutes=10 + len(account.methods))
    removed_at = None if method.removed is None else world.moment(world.day(-method.removed))
    row = PaymentMethod(
        account_id=account.account_id,
        id=world.id(at),
        kind=method.kind,
        token=f"tok_seed_{world.random.getrandbits(64):016x}",
        brand=method.brand,
        last4=method.last4,
        expires_on=None if method.expires is None else end_of_month(world.today, method.expires),
        holder_name=method.holder,
        is_default=method.is_default,
        removed_at=removed_at,
        created_at=at,
    )
    world.rows.add(row)
    account.methods[method.name] = row.id
    details = {"kind": row.kind, "last4": row.last4}
    account.record(at, "payment_method.added", ("PaymentMethod", row.id), None, details)
    if removed_at:
        account.record(removed_at, "payment_method.removed", ("PaymentMethod", row.id), details)
