"""The root of reading: look-ups by id, which decide what the viewer may see; relations follow from there."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from db import accounts, license_keys, orders, products, subscriptions
from db.relations import LookUp
from schema.connections import Connection
from schema.context import Info
from schema.fields import connection, node, nodes
from schema.mutation import Mutation
from schema.scalars import SCALARS
from schema.types import Account, LicenseKey, Node, Order, Product, Subscription, Viewer

NODES = {
    "acc": ("Account", accounts.by_id),
    "act": ("Activation", license_keys.activation_by_id),
    "key": ("LicenseKey", license_keys.by_id),
    "mem": ("Membership", accounts.membership_by_id),
    "ord": ("Order", orders.by_id),
    "pay": ("PaymentMethod", orders.payment_method_by_id),
    "prd": ("Product", products.by_code),
    "sub": ("Subscription", subscriptions.by_id),
}


@strawberry.type
class Query:
    viewer: Viewer
    account: Account | None = node(LookUp({"acc": NODES["acc"]}))
    subscription: Subscription | None = node(LookUp({"sub": NODES["sub"]}))
    license_key: LicenseKey | None = node(LookUp({"key": NODES["key"]}))
    order: Order | None = node(LookUp({"ord": NODES["ord"]}))
    node: Node | None = node(LookUp(NODES))
    nodes: list[Node | None] = nodes(LookUp(NODES), "At most 100, in the order of the ids.")
    products: Connection[Product] = connection(products.catalogue)


schema = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS, info_class=Info))
