"""The demo's people. Their surnames mean "example" where they come from; none of them lives anywhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to sign in as: the user (DEMO_ISSUER, subject)."""

    subject: str
    name: str
    email: str
    description: str


PEOPLE = (
    Person("nadia", "Nadia Exemple", "nadia@example.com", "owns Atelier Exemple; a member of two other companies"),
    Person("tomas", "Tomáš Příklad", "tomas@example.com", "administrator of Atelier Exemple"),
    Person("reiko", "見本 玲子", "reiko@example.com", "member of Atelier Exemple, manages nothing"),
    Person("liam", "Liam Ó Sampla", "liam@example.com", "member of Atelier Exemple, administers two of its keys"),
    Person("bruno", "Bruno Ejemplo Núñez", "bruno@example.com", "blocked member of Atelier Exemple"),
    Person("amara", "Amara Mfano", "amara@example.net", "invited to Atelier Exemple, has not accepted yet"),
    Person("ingrid", "Ingrid Beispiel-Öström", "ingrid@example.org", "owns Beispielverlag Öström; Nadia is a member"),
    Person("taro", "見本 太郎", "taro@example.org", "owns 架空設計; Nadia administers one key there"),
    Person("zoe", "Zoë D’Esempio", "zoe@example.net", "owns Esempio & Daughters and knows nobody here"),
)
