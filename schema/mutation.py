"""The root of changing: every mutation, its input and its payload."""

import strawberry

from schema.mutations import license_keys, payment_methods, store, subscriptions
from schema.mutations.license_keys import ActivateProductPayload, RegisterLicenseKeyPayload, RevealLicenseKeyPayload
from schema.mutations.payment_methods import PaymentMethodPayload
from schema.mutations.store import BlockLicenseKeyPayload, IssueSubscriptionPayload, OrderPayload
from schema.mutations.subscriptions import SetAutoRenewalPayload, SubscriptionPayload


@strawberry.type
class Mutation:
    register_license_key: RegisterLicenseKeyPayload = license_keys.register_license_key
    activate_product: ActivateProductPayload = license_keys.activate_product
    set_auto_renewal: SetAutoRenewalPayload = subscriptions.set_auto_renewal
    set_subscription_payment_method: SubscriptionPayload = subscriptions.set_subscription_payment_method
    rename_subscription: SubscriptionPayload = subscriptions.rename_subscription
    reveal_license_key: RevealLicenseKeyPayload = license_keys.reveal_license_key
    add_payment_method: PaymentMethodPayload = payment_methods.add_payment_method
    set_default_payment_method: PaymentMethodPayload = payment_methods.set_default_payment_method
    remove_payment_method: PaymentMethodPayload = payment_methods.remove_payment_method
    issue_subscription: IssueSubscriptionPayload = store.issue_subscription
    record_order: OrderPayload = store.record_order
    set_order_status: OrderPayload = store.set_order_status
    record_renewal: SubscriptionPayload = store.record_renewal
    block_license_key: BlockLicenseKeyPayload = store.block_license_key
