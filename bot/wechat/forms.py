"""A reply as the JSON of a customer-service message and of a mass send; None where that way cannot carry it."""

from typing import Any

from bot.values.reply import Article, Image, Music, News, Reply, Silence, Text, ToPerson, Video, Voice

Form = dict[str, Any]


def customer_service(openid: str, reply: Reply) -> Form | None:
    branch = _branch(reply)
    return {"touser": openid, **branch} if branch else None


def mass(reply: Reply) -> Form | None:
    """Without its target. News would need a draft: a mass send carries none of ours."""
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
        case Music() | News() | ToPerson() | Silence():
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
        case Video(media_id, title, description):
            branch = {
                "msgtype": "video",
                "video": {"media_id": media_id, "title": title, "description": description},
            }
        case Music(thumb, title, description, url, hq_url):
            said = {"title": title, "description": description, "musicurl": url, "hqmusicurl": hq_url}
            branch = {"msgtype": "music", "music": {**said, "thumb_media_id": thumb}}
        case News(articles) if articles:
            branch = {
                "msgtype": "news",
                "news": {"articles": [_article(articles[0])]},
            }  # a second is refused: 45008
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
