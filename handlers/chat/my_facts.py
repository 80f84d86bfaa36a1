"""They want to see what is known of them: the way to their own page."""

from dataclasses import dataclass

from bot.rules.talk.facts_words import asks_what_is_known, corrects_a_fact
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context
from handlers.profile import visitor

MENU_KEYS = frozenset({"MY_FACTS", "MY_PROFILE"})
HERE = "我们记下的关于您的资料都在这里，可以看、可以改、可以删：\n{link}\n链接只给您本人用，半小时内有效，请不要转发。"


@dataclass(frozen=True, slots=True)
class Wanted:
    pass


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Wanted | None:
    match incoming:
        case Said() if asks_what_is_known(incoming.content) or corrects_a_fact(incoming.content):
            return Wanted()
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Wanted()
        case _:
            return None


def answer(_found: Wanted, context: Context) -> Answer:
    """A signed link, which works for every kind of account and in every browser WeChat opens."""
    link = visitor.link(context.profile.id, context.services.config.server)
    return Answer(reply=Text(HERE.format(link=link)))
