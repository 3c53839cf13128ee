"""Teams: business accounts opened, people invited into them, given roles, blocked and let go."""

from typing import Any

import strawberry

from db.changes import invitations, members
from db.changes.idempotency import Result
from db.enums import MemberRole
from db.queries import accounts
from db.user_errors import MutationRefused, UserErrorCode
from schema.dsl.inputs import IdempotentInput, name_field, text_field
from schema.dsl.mutations import MutationContext, decode_account_id, decode_row_id, mutation
from schema.dsl.payloads import ChangePayload, MutationResult, Payload, object_field, user_error
from schema.types import Account, Membership


@strawberry.input
class CreateBusinessAccountInput(IdempotentInput):
    name: str = name_field()


@strawberry.input
class InviteMembersInput(IdempotentInput):
    account_id: strawberry.ID
    emails: list[str] = text_field(
        note="At most 100 addresses: a call is one transaction, during which the account's members are locked."
    )
    role: MemberRole = MemberRole.MEMBER


@strawberry.input
class AcceptInvitationInput(IdempotentInput):
    invitation_id: strawberry.ID


@strawberry.input
class MembershipInput(IdempotentInput):
    membership_id: strawberry.ID


@strawberry.input
class SetMemberRoleInput(IdempotentInput):
    membership_id: strawberry.ID
    role: MemberRole


@strawberry.input
class LeaveAccountInput(IdempotentInput):
    account_id: strawberry.ID


@strawberry.type
class AccountPayload(Payload):
    account: Account | None = object_field(accounts.by_id, "Null when the viewer has left it.")


@strawberry.type
class MembershipPayload(ChangePayload):
    membership: Membership | None = object_field(accounts.membership_by_id, "Null when there is none any more.")


def _email(root: Any) -> str:
    email: str = root.values["email"]
    return email


@strawberry.type(description="What came of one address.")
class InviteResult(Payload):
    email: str = strawberry.field(resolver=_email, description="As it was given.")
    membership: Membership | None = object_field(accounts.membership_by_id)


def _results(root: Any) -> Any:
    """For each address the invitation, or the code that stands in its place."""
    return [_result(root, position, outcome) for position, outcome in enumerate(root.values.get("results", ()))]


def _result(root: Any, position: int, outcome: Any) -> MutationResult:
    email = {"email": root.input.emails[position]}
    if not isinstance(outcome, str):
        return MutationResult({**email, "membership": outcome})
    refused = MutationRefused(UserErrorCode(outcome), "emails", str(position))
    return MutationResult(email, (user_error(refused, root.input),))


@strawberry.type
class InviteMembersPayload(Payload):
    results: list[InviteResult] = strawberry.field(
        resolver=_results, description="One for each address, in order: some may be invited although others are not."
    )


@mutation(UserErrorCode.FORBIDDEN)
async def create_business_account(context: MutationContext, input: CreateBusinessAccountInput) -> Result:
    """Open an account for a company. The viewer owns it, and may invite others."""
    return {"account": (await members.open_account(context.conn, context.ctx, input.name),)}


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.PERSONAL_ACCOUNT,
    item_codes=(UserErrorCode.EMAIL_INVALID, UserErrorCode.ALREADY_MEMBER, UserErrorCode.INVITATION_PENDING),
)
async def invite_members(context: MutationContext, input: InviteMembersInput) -> Result:
    """Invite people by their e-mail addresses, for 14 days. Nothing is sent: they find it when they sign in."""
    invitation = (decode_account_id(input.account_id), input.emails, input.role)
    outcomes = await invitations.invite(context.conn, context.ctx, *invitation)
    return {"results": [outcome.code if isinstance(outcome, MutationRefused) else outcome for outcome in outcomes]}


@mutation(UserErrorCode.MEMBERSHIP_NOT_FOUND, UserErrorCode.PERSONAL_ACCOUNT, UserErrorCode.INVITATION_NOT_FOUND)
async def revoke_invitation(context: MutationContext, input: MembershipInput) -> Result:
    """Take back an invitation that was not accepted."""
    membership = decode_row_id("mem", input.membership_id)
    await members.revoke_invitation(context.conn, context.ctx, membership)
    return {"membership": membership, "changed": True}


@mutation(UserErrorCode.INVITATION_NOT_FOUND, UserErrorCode.ALREADY_MEMBER, UserErrorCode.INVITATION_EXPIRED)
async def accept_invitation(context: MutationContext, input: AcceptInvitationInput) -> Result:
    """Become a member of the account. The invitation must be for an address that the viewer's token proves."""
    return {
        "account": (await invitations.accept(context.conn, context.ctx, decode_row_id("inv", input.invitation_id)),)
    }


@mutation(UserErrorCode.MEMBERSHIP_NOT_FOUND, UserErrorCode.PERSONAL_ACCOUNT, UserErrorCode.LAST_ADMIN)
async def set_member_role(context: MutationContext, input: SetMemberRoleInput) -> Result:
    """Say what a member may do, or what somebody will who is invited. An administrator holds no single keys."""
    membership = decode_row_id("mem", input.membership_id)
    changed = await members.set_role(context.conn, context.ctx, membership, input.role)
    return {"membership": membership, "changed": changed}


@mutation(
    UserErrorCode.MEMBERSHIP_NOT_FOUND,
    UserErrorCode.PERSONAL_ACCOUNT,
    UserErrorCode.CANNOT_TARGET_SELF,
    UserErrorCode.INVITATION_PENDING,
)
async def block_member(context: MutationContext, input: MembershipInput) -> Result:
    """Keep a member out, but listed. The single keys that they administered they administer no more."""
    membership = decode_row_id("mem", input.membership_id)
    return {"membership": membership, "changed": await members.block(context.conn, context.ctx, membership)}


@mutation(UserErrorCode.MEMBERSHIP_NOT_FOUND, UserErrorCode.PERSONAL_ACCOUNT, UserErrorCode.MEMBER_NOT_BLOCKED)
async def unblock_member(context: MutationContext, input: MembershipInput) -> Result:
    """Let a blocked member in again, with the role of before."""
    membership = decode_row_id("mem", input.membership_id)
    return {"membership": membership, "changed": await members.unblock(context.conn, context.ctx, membership)}


@mutation(
    UserErrorCode.MEMBERSHIP_NOT_FOUND,
    UserErrorCode.PERSONAL_ACCOUNT,
    UserErrorCode.CANNOT_TARGET_SELF,
    UserErrorCode.INVITATION_PENDING,
)
async def remove_member(context: MutationContext, input: MembershipInput) -> Result:
    """Let a member go. They can be invited again."""
    membership = decode_row_id("mem", input.membership_id)
    await members.remove(context.conn, context.ctx, membership)
    return {"membership": membership, "changed": True}


@mutation(UserErrorCode.ACCOUNT_NOT_FOUND, UserErrorCode.PERSONAL_ACCOUNT, UserErrorCode.LAST_ADMIN)
async def leave_account(context: MutationContext, input: LeaveAccountInput) -> Result:
    """Leave a business account. Whoever administers it alone makes somebody else an administrator first."""
    account_id = decode_account_id(input.account_id)
    await members.leave(context.conn, context.ctx, account_id)
    return {"account": (account_id,)}
