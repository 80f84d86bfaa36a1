"""What a message from WeChat means for the customer-service windows, and who is met by it. Pure."""

from bot.values.incoming import (
    AuthorizationCancelled,
    Follow,
    Image,
    Incoming,
    Link,
    Location,
    LocationReport,
    MenuClick,
    MenuLocation,
    MenuMiniProgram,
    MenuPictures,
    MenuScan,
    MenuView,
    MiniProgramPage,
    Scan,
    Text,
    Unfollow,
    Video,
    Voice,
)

_MESSAGES = (Text, Image, Voice, Video, Location, Link, MiniProgramPage)
_SCENES = (Follow, Scan, MenuClick, MenuScan)
_OTHERS_OF_A_FOLLOWER = (LocationReport, MenuView, MenuMiniProgram, MenuPictures, MenuLocation)
_LEAVING = (Unfollow, AuthorizationCancelled)


def is_speaking(incoming: Incoming) -> bool:
    """Opens the long window. A tapped option of a menu in the chat counts as a menu tap, not as words."""
    return isinstance(incoming, _MESSAGES) and not (isinstance(incoming, Text) and incoming.menu_id)


def is_a_scene(incoming: Incoming) -> bool:
    """Opens the short window: follow, scan, and the menu taps WeChat names."""
    return isinstance(incoming, _SCENES) or (isinstance(incoming, Text) and bool(incoming.menu_id))


def is_leaving(incoming: Incoming) -> bool:
    """Their data is to go: nothing of such an event may keep their openid."""
    return isinstance(incoming, _LEAVING)


def introduces(incoming: Incoming) -> bool:
    """Only a follower can send this: whoever is unknown becomes a customer."""
    return isinstance(incoming, (*_MESSAGES, *_SCENES, *_OTHERS_OF_A_FOLLOWER))


def source_of(incoming: Incoming) -> str:
    """How somebody unknown came to us, as far as the event tells."""
    if isinstance(incoming, Scan):
        return "scan"
    if isinstance(incoming, Follow):
        return "follow"
    return "menu" if is_a_scene(incoming) else "message"
