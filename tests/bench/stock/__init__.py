"""The usual way in Python: stock Strawberry, SQLModel sessions, aiodataloader, each as its own guide shows it."""
