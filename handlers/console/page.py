"""What each page of the console is: its routes, who may see it, and its name in the menu, declared in one line."""

from typing import Any

from flask import Blueprint

from bot.store.operators.staff import Role


class Page(Blueprint):
    """`needs` None: for strangers too. Without a `title` it does not stand in the menu but `within` another."""

    def __init__(
        self, name: str, import_name: str, *, needs: Role | None, title: Any = None, within: str = ""
    ) -> None:
        super().__init__(name, import_name)
        self.within = within or name
        self.needs = needs
        self.title = title
