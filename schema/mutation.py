"""The root of changing: every mutation, its input and its payload."""

import strawberry

from schema.mutations import license_keys, subscriptions
from schema.mutations.license_keys import RegisterLicenseKeyPayload
from schema.mutations.subscriptions import SetAutoRenewalPayload, SubscriptionPayload


@strawberry.type
class Mutation:
    register_license_key: RegisterLicenseKeyPayload = license_keys.register_license_key
    set_auto_renewal: SetAutoRenewalPayload = subscriptions.set_auto_renewal
    set_subscription_payment_method: SubscriptionPayload = subscriptions.set_subscription_payment_method
    rename_subscription: SubscriptionPayload = subscriptions.rename_subscription
