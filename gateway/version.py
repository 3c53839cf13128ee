"""The version of this Licet; the package takes it from here."""

VERSION = "0.1.0"
