"""The root of changing: every mutation, its input and its payload."""

import strawberry

from schema.mutations import activations, license_keys, members, payment_methods, store, sublicenses, subscriptions
from schema.mutations.activations import ActivateProductPayload, ActivationPayload
from schema.mutations.license_keys import RegisterLicenseKeyPayload, RevealLicenseKeyPayload
from schema.mutations.members import AccountPayload, InviteMembersPayload, MembershipPayload
from schema.mutations.payment_methods import PaymentMethodPayload
from schema.mutations.store import BlockLicenseKeyPayload, IssueSubscriptionPayload, OrderPayload
from schema.mutations.sublicenses import CreateSublicensePayload, LicenseKeyPayload
from schema.mutations.subscriptions import SetAutoRenewalPayload, SubscriptionPayload


@strawberry.type
class Mutation:
    register_license_key: RegisterLicenseKeyPayload = license_keys.register_license_key
    activate_product: ActivateProductPayload = activations.activate_product
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
    create_sublicense: CreateSublicensePayload = sublicenses.create_sublicense
    update_sublicense: LicenseKeyPayload = sublicenses.update_sublicense
    delete_sublicense: LicenseKeyPayload = sublicenses.delete_sublicense
    rotate_sublicense: CreateSublicensePayload = sublicenses.rotate_sublicense
    rename_license_key: LicenseKeyPayload = sublicenses.rename_license_key
    set_license_key_admins: LicenseKeyPayload = sublicenses.set_license_key_admins
    deactivate: ActivationPayload = activations.deactivate
    block_activation: ActivationPayload = activations.block_activation
    lift_activation_block: ActivationPayload = activations.lift_activation_block
    create_business_account: AccountPayload = members.create_business_account
    invite_members: InviteMembersPayload = members.invite_members
    revoke_invitation: MembershipPayload = members.revoke_invitation
    accept_invitation: AccountPayload = members.accept_invitation
    set_member_role: MembershipPayload = members.set_member_role
    block_member: MembershipPayload = members.block_member
    unblock_member: MembershipPayload = members.unblock_member
    remove_member: MembershipPayload = members.remove_member
    leave_account: AccountPayload = members.leave_account
