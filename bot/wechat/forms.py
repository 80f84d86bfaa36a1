"""A reply as the JSON of a customer-service message and of a mass send; None where that way cannot carry it."""

from typing import Any

from bot.values.reply import (
    Article,
    Draft,
    Image,
    Menu,
    MiniProgram,
    Music,
    News,
    Published,
    Reply,
    Silence,
    Text,
    ToPerson,
    Video,
    Voice,
)

Form = dict[str, Any]


def customer_service(openid: str, reply: Reply) -> Form | None:
    branch = _branch(reply)
    return {"touser": openid, **branch} if branch else None


def mass(reply: Reply) -> Form | None:
    """Without its target."""
    match reply:
        case Text(text):
            return {"msgtype": "text", "text": {"content": text}}
        case Image(media_id):
            images = {
                "media_ids": [media_id],
                "recommend": "",
                "need_open_comment": 0,
                "only_fans_can_comment": 0,
            }
            return {"msgtype": "image", "images": images}
        case Voice(media_id):
            return {"msgtype": "voice", "voice": {"media_id": media_id}}
        case Video(media_id):
            return {"msgtype": "mpvideo", "mpvideo": {"media_id": media_id}}
        case Draft(media_id):
            return {"msgtype": "mpnews", "mpnews": {"media_id": media_id}, "send_ignore_reprint": 1}
        case Music() | News() | MiniProgram() | Menu() | Published() | ToPerson() | Silence():
            return None


def _branch(reply: Reply) -> Form:
    branch: Form = {}
    match reply:
        case Text(text) if text.strip():
            branch = {"msgtype": "text", "text": {"content": text}}
        case Image(media_id):
            branch = {"msgtype": "image", "image": {"media_id": media_id}}
        case Voice(media_id):
            branch = {"msgtype": "voice", "voice": {"media_id": media_id}}
        case Video(media_id, title, description, thumb):
            video = {"media_id": media_id, "title": title, "description": description}
            branch = {"msgtype": "video", "video": video | ({"thumb_media_id": thumb} if thumb else {})}
        case Music(thumb, title, description, url, hq_url):
            said = {"title": title, "description": description, "musicurl": url, "hqmusicurl": hq_url}
            branch = {"msgtype": "music", "music": {**said, "thumb_media_id": thumb}}
        case News(articles) if articles:
            branch = {
                "msgtype": "news",
                "news": {"articles": [_article(articles[0])]},
            }  # a second is refused: 45008
        case MiniProgram(title, app_id, page, thumb):
            card = {"title": title, "appid": app_id, "pagepath": page, "thumb_media_id": thumb}
            branch = {"msgtype": "miniprogrampage", "miniprogrampage": card}
        case Menu(head, options, tail):
            listed = [{"id": option_id, "content": words} for option_id, words in options]
            branch = {
                "msgtype": "msgmenu",
                "msgmenu": {"head_content": head, "list": listed, "tail_content": tail},
            }
        case Published(article_id):
            branch = {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": article_id}}
        case _:
            pass
    return branch


def _article(article: Article) -> Form:
    return {
        "title": article.title,
        "description": article.description,
        "url": article.url,
        "picurl": article.pic_url,
    }
