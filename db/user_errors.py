"""Why a mutation is refused, as a code that clients read."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn
from uuid import UUID

from asyncpg import IntegrityConstraintViolationError


class UserErrorCode(StrEnum):
    """`userErrors[].code`. Every mutation declares those that it can answer."""

    INVALID_INPUT = "INVALID_INPUT"
    FORBIDDEN = "FORBIDDEN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    ACCOUNT_NOT_FOUND = "ACCOUNT_NOT_FOUND"
    SUBSCRIPTION_NOT_FOUND = "SUBSCRIPTION_NOT_FOUND"
    LICENSE_KEY_NOT_FOUND = "LICENSE_KEY_NOT_FOUND"
    ACTIVATION_NOT_FOUND = "ACTIVATION_NOT_FOUND"
    PAYMENT_METHOD_NOT_FOUND = "PAYMENT_METHOD_NOT_FOUND"
    MEMBERSHIP_NOT_FOUND = "MEMBERSHIP_NOT_FOUND"
    INVITATION_NOT_FOUND = "INVITATION_NOT_FOUND"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    KEY_MALFORMED = "KEY_MALFORMED"
    KEY_NOT_FOUND = "KEY_NOT_FOUND"
    KEY_REGISTERED_TO_ANOTHER_ACCOUNT = "KEY_REGISTERED_TO_ANOTHER_ACCOUNT"
    KEY_NOT_PRIMARY = "KEY_NOT_PRIMARY"
    KEY_ALREADY_REGISTERED = "KEY_ALREADY_REGISTERED"
    KEY_BLOCKED = "KEY_BLOCKED"
    KEY_EXPIRED = "KEY_EXPIRED"
    SUBSCRIPTION_EXPIRED = "SUBSCRIPTION_EXPIRED"
    SUBSCRIPTION_NOT_ACTIVE = "SUBSCRIPTION_NOT_ACTIVE"
    ACCOUNT_KIND_MISMATCH = "ACCOUNT_KIND_MISMATCH"
    TRIAL_CONFLICT = "TRIAL_CONFLICT"
    PRODUCT_LIMIT_REACHED = "PRODUCT_LIMIT_REACHED"
    REGISTRATION_REQUIRED = "REGISTRATION_REQUIRED"
    NO_SEATS_AVAILABLE = "NO_SEATS_AVAILABLE"
    ACTIVATION_BLOCKED = "ACTIVATION_BLOCKED"
    RENEWAL_NOT_AVAILABLE = "RENEWAL_NOT_AVAILABLE"
    RENEWAL_MANAGED_EXTERNALLY = "RENEWAL_MANAGED_EXTERNALLY"
    PAYMENT_METHOD_REQUIRED = "PAYMENT_METHOD_REQUIRED"
    PAYMENT_METHOD_UNUSABLE = "PAYMENT_METHOD_UNUSABLE"
    GRACE_LOSS_UNCONFIRMED = "GRACE_LOSS_UNCONFIRMED"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - a verdict
    DUPLICATE_METHOD = "DUPLICATE_METHOD"
    PAYMENT_METHOD_IN_USE = "PAYMENT_METHOD_IN_USE"
    PROCESSOR_NOT_CONFIGURED = "PROCESSOR_NOT_CONFIGURED"
    SUBLICENSES_NOT_SUPPORTED = "SUBLICENSES_NOT_SUPPORTED"
    QUOTA_INVALID = "QUOTA_INVALID"
    QUOTA_EXCEEDS_POOL = "QUOTA_EXCEEDS_POOL"
    QUOTA_BELOW_USED = "QUOTA_BELOW_USED"
    EXPIRATION_IN_PAST = "EXPIRATION_IN_PAST"
    EXPIRATION_AFTER_SUBSCRIPTION = "EXPIRATION_AFTER_SUBSCRIPTION"
    ALLOCATION_NOT_SUPPORTED = "ALLOCATION_NOT_SUPPORTED"
    CANNOT_MODIFY_PRIMARY = "CANNOT_MODIFY_PRIMARY"
    KEY_IN_USE = "KEY_IN_USE"
    EMAIL_INVALID = "EMAIL_INVALID"
    ALREADY_MEMBER = "ALREADY_MEMBER"
    INVITATION_PENDING = "INVITATION_PENDING"
    INVITATION_EXPIRED = "INVITATION_EXPIRED"
    LAST_ADMIN = "LAST_ADMIN"
    CANNOT_TARGET_SELF = "CANNOT_TARGET_SELF"
    MEMBER_NOT_BLOCKED = "MEMBER_NOT_BLOCKED"
    MEMBER_BLOCKED = "MEMBER_BLOCKED"
    PERSONAL_ACCOUNT = "PERSONAL_ACCOUNT"
    MEMBER_IS_ADMIN = "MEMBER_IS_ADMIN"
    DUPLICATE_NUMBER = "DUPLICATE_NUMBER"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"


_MESSAGES = {
    UserErrorCode.INVALID_INPUT: "This input can not be used.",
    UserErrorCode.FORBIDDEN: "Your role does not allow this: ask an administrator of the account.",
    UserErrorCode.IDEMPOTENCY_KEY_REUSED: "This idempotencyKey was used with another input: choose a new one.",
    UserErrorCode.IDEMPOTENCY_IN_PROGRESS: "A call with this idempotencyKey is still under way: try again.",
    UserErrorCode.ACCOUNT_NOT_FOUND: "There is no such account among yours.",
    UserErrorCode.SUBSCRIPTION_NOT_FOUND: "There is no such subscription in your accounts.",
    UserErrorCode.LICENSE_KEY_NOT_FOUND: "There is no such licence key in your accounts.",
    UserErrorCode.ACTIVATION_NOT_FOUND: "There is no such activation in your accounts.",
    UserErrorCode.MEMBERSHIP_NOT_FOUND: "There is no such member in the accounts that you manage.",
    UserErrorCode.INVITATION_NOT_FOUND: "There is no such open invitation.",
    UserErrorCode.PAYMENT_METHOD_NOT_FOUND: "There is no such payment method in this account.",
    UserErrorCode.ORDER_NOT_FOUND: "There is no such order.",
    UserErrorCode.PRODUCT_NOT_FOUND: "There is no product with this code.",
    UserErrorCode.TOO_MANY_ATTEMPTS: "Too many keys were tried: wait some minutes before the next.",
    UserErrorCode.KEY_MALFORMED: "This is no licence key: check it for a typing error.",
    UserErrorCode.KEY_NOT_FOUND: "There is no such licence key.",
    UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT: "This key belongs to another account: ask support to transfer it.",
    UserErrorCode.KEY_NOT_PRIMARY: "This is a sublicence's key: its subscription is registered already.",
    UserErrorCode.KEY_ALREADY_REGISTERED: "This key is registered in this account already.",
    UserErrorCode.KEY_BLOCKED: "This key is blocked: ask support.",
    UserErrorCode.KEY_EXPIRED: "This key's own last day has passed: use another key of the subscription.",
    UserErrorCode.SUBSCRIPTION_EXPIRED: "This subscription has expired.",
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE: "This subscription is not active now.",
    UserErrorCode.ACCOUNT_KIND_MISMATCH: "This product is for accounts of the other kind.",
    UserErrorCode.TRIAL_CONFLICT: "A trial of this product is active: register the key with suspendTrial to end it.",
    UserErrorCode.PRODUCT_LIMIT_REACHED: "This account can not have another subscription of this product.",
    UserErrorCode.REGISTRATION_REQUIRED: "An administrator must register this key in the account first.",
    UserErrorCode.NO_SEATS_AVAILABLE: "Every seat of this key is taken: deactivate a device first.",
    UserErrorCode.ACTIVATION_BLOCKED: "This device is blocked in this subscription: ask an administrator.",
    UserErrorCode.RENEWAL_NOT_AVAILABLE: "This subscription does not renew.",
    UserErrorCode.RENEWAL_MANAGED_EXTERNALLY: "This subscription's renewal is managed in the app store it came from.",
    UserErrorCode.PAYMENT_METHOD_REQUIRED: "There is nothing to charge the renewal to: give a paymentMethodId.",
    UserErrorCode.PAYMENT_METHOD_UNUSABLE: "This payment method can not be charged for a renewal: choose another.",
    UserErrorCode.GRACE_LOSS_UNCONFIRMED: "This would end its grace period at once: confirm it with confirmGraceLoss.",
    UserErrorCode.TOKEN_INVALID: "The payment processor does not know this token.",
    UserErrorCode.DUPLICATE_METHOD: "This payment method is in the account already.",
    UserErrorCode.PAYMENT_METHOD_IN_USE: "A subscription renews with this payment method: choose another for it first.",
    UserErrorCode.PROCESSOR_NOT_CONFIGURED: "No payment processor is connected to this service.",
    UserErrorCode.SUBLICENSES_NOT_SUPPORTED: "This product's subscriptions can not be split into sublicences.",
    UserErrorCode.QUOTA_INVALID: "A quota is a number of seats, 1 or more.",
    UserErrorCode.QUOTA_EXCEEDS_POOL: "The pool has fewer free seats: choose a smaller quota, or free some first.",
    UserErrorCode.QUOTA_BELOW_USED: "More devices than that use this key: deactivate some of them first.",
    UserErrorCode.EXPIRATION_IN_PAST: "This last day has passed: choose today or a later one.",
    UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION: "The subscription ends before: choose its last day or an earlier one.",
    UserErrorCode.ALLOCATION_NOT_SUPPORTED: "This product's sublicences can only be RESERVED.",
    UserErrorCode.CANNOT_MODIFY_PRIMARY: "This is the subscription's own key: only its sublicences can be changed.",
    UserErrorCode.KEY_IN_USE: "Devices use this key: give a moveToLicenseKeyId for them, or deactivate them first.",
    UserErrorCode.EMAIL_INVALID: "This is no e-mail address.",
    UserErrorCode.ALREADY_MEMBER: "This person is in the account already.",
    UserErrorCode.INVITATION_PENDING: "This person has an open invitation already.",
    UserErrorCode.INVITATION_EXPIRED: "This invitation has expired: ask an administrator of the account for a new one.",
    UserErrorCode.LAST_ADMIN: "The account would be without an administrator: make somebody else one first.",
    UserErrorCode.CANNOT_TARGET_SELF: "Nobody does this to themselves: leave the account instead.",
    UserErrorCode.MEMBER_NOT_BLOCKED: "This person is not blocked.",
    UserErrorCode.MEMBER_BLOCKED: "This person is blocked: unblock them first.",
    UserErrorCode.PERSONAL_ACCOUNT: "A personal account is one person's: open a business account for a team.",
    UserErrorCode.MEMBER_IS_ADMIN: "An administrator of the account administers every key already.",
    UserErrorCode.DUPLICATE_NUMBER: "This number is taken.",
    UserErrorCode.AMOUNT_MISMATCH: "The lines do not add up to the total.",
}

# Conflicts that were checked for before: a concurrent transaction may still cause them.
_BY_CONSTRAINT = {
    "issued_subscriptions_number_unique": (UserErrorCode.DUPLICATE_NUMBER, "number"),
    "subscriptions_account_id_number_unique": (UserErrorCode.DUPLICATE_NUMBER, "number"),
    "orders_account_id_number_unique": (UserErrorCode.DUPLICATE_NUMBER, "number"),
    "payment_methods_account_id_token_unique": (UserErrorCode.DUPLICATE_METHOD, "token"),
}


class MutationRefused(Exception):
    """An expected refusal: nothing is written. `field` is the path of the input field, in Python's names.

    `related`: ids of objects that the payload returns all the same, by their field's name.
    """

    def __init__(
        self,
        code: UserErrorCode,
        *field: str,
        message: str | None = None,
        related: Mapping[str, tuple[UUID, UUID]] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.message = message or _MESSAGES[code]
        self.related = related or {}


def raise_for_constraint(violation: IntegrityConstraintViolationError) -> NoReturn:
    """Raises the refusal that a violated constraint stands for; any other violation is an internal error, re-raised."""
    if violation.constraint_name not in _BY_CONSTRAINT:
        # The detail quotes the whole row, with tokens and addresses, and internal errors are logged.
        violation.detail = None
        raise violation
    code, field = _BY_CONSTRAINT[violation.constraint_name]
    raise MutationRefused(code, field) from violation
