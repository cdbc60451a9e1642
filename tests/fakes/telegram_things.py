"""What people send beside text, and what else Telegram may bring: rows of fields, as the API emits them.

Fields that a platform's later version could add stand there too, since a client must bear them.
"""

from typing import Any

from tests.fakes.telegram_wire import Wire

DAY = 1_795_500_000  # seconds; any day
STRANGER: Wire = {"id": 900_001, "is_bot": False, "first_name": "Stranger", "username": "stranger_1"}
ABROAD: Wire = {"id": -1001900000001, "title": "News", "username": "news_abroad", "type": "channel"}
CROWD: Wire = {"id": -1001900000002, "title": "Crowd", "type": "supergroup"}
BIG = 21_000_000  # bytes: more than a bot may fetch


def file(name: str, size: int = 2048, **more: Any) -> Wire:
    """A file's part of the fields."""
    return {"file_id": f"BQACAgUAAx-{name}", "file_unique_id": f"AgAD-{name}", "file_size": size, **more}


_THUMB = file("thumb", 1200, width=90, height=67)
_PHOTO = [file("photo-s", 1100, width=90, height=67), file("photo-m", 15_000, width=320, height=240)]
_CLIP = file("clip", 40_000, file_name="clip.mp4", mime_type="video/mp4")
_PLACE = {"latitude": 10.4938, "longitude": 105.6882}
_OPTION = {"text": "One", "voter_count": 0, "persistent_id": "o1"}
_POLL: Wire = {
    "id": "5408863131",
    "question": "Which?",
    "options": [_OPTION, _OPTION | {"text": "Two", "persistent_id": "o2"}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": True,
    "members_only": False,
}

THINGS: dict[str, Wire] = {
    "sticker": {
        "sticker": file(
            "sticker", type="regular", width=512, height=512, is_animated=False, is_video=False, emoji="\U0001f642"
        )
    },
    "voice": {"voice": file("voice", duration=3, mime_type="audio/ogg")},
    "photo": {"photo": _PHOTO},
    "video": {"video": file("video", 900_000, duration=9, width=640, height=360, mime_type="video/mp4")},
    "video note": {"video_note": file("note", 90_000, duration=5, length=240, thumbnail=_THUMB)},
    "audio": {"audio": file("audio", 700_000, duration=180, title="Song", performer="Band", mime_type="audio/mpeg")},
    "animation": {
        "animation": _CLIP | {"duration": 3, "width": 320, "height": 240},
        "document": _CLIP,
    },
    "document": {"document": file("document", file_name="form.pdf", mime_type="application/pdf")},
    "big document": {"document": file("big", BIG, file_name="film.mkv")},
    "contact": {"contact": {"phone_number": "+84900000000", "first_name": "An", "user_id": 900_001}},
    "location": {"location": _PLACE},
    "live location": {"location": _PLACE | {"live_period": 900, "heading": 90, "horizontal_accuracy": 12.5}},
    "venue": {
        "location": _PLACE,
        "venue": {"location": _PLACE, "title": "School", "address": "Road 1", "future_rating": 5},
    },
    "poll": {"poll": _POLL},
    "dice": {"dice": {"emoji": "\U0001f3b2", "value": 4}},
    "game": {"game": {"title": "Game", "description": "A game", "photo": _PHOTO}},
    "story": {"story": {"chat": ABROAD, "id": 7}},
    "checklist": {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "One"}]}},
    "paid media": {"paid_media": {"star_count": 5, "paid_media": [{"type": "preview", "width": 90, "height": 67}]}},
    "giveaway": {"giveaway": {"chats": [ABROAD], "winners_selection_date": DAY, "winner_count": 1}},
    "invoice": {
        "invoice": {"title": "T", "description": "D", "start_parameter": "s", "currency": "VND", "total_amount": 1000}
    },
    "web app": {"web_app_data": {"data": "{}", "button_text": "Open"}},
    "pinned": {"pinned_message": {"chat": CROWD, "message_id": 3, "date": 0}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
    "users shared": {"users_shared": {"request_id": 1, "users": [{"user_id": 900_001}]}},
    "write access": {"write_access_allowed": {"from_request": True}},
    "hologram": {"hologram": {"file_id": "new", "depth": 3}},  # nobody knows it yet
    "nothing": {},  # what a kind too new for this version of the API looks like
}
"""By a name for tests; `photo`, `video`, `audio`, `voice`, `animation` and `document` may have a caption."""

ORIGINS: dict[str, Wire] = {
    "user": {"type": "user", "date": DAY, "sender_user": STRANGER},
    "hidden user": {"type": "hidden_user", "date": DAY, "sender_user_name": "Someone"},
    "chat": {"type": "chat", "date": DAY, "sender_chat": CROWD, "author_signature": "admin"},
    "channel": {"type": "channel", "date": DAY, "chat": ABROAD, "message_id": 44},
}
"""Where a forwarded message is from."""
UNHEARD_ORIGIN: Wire = {"type": "astral", "date": DAY, "plane": 7}
"""One that aiogram refuses and python-telegram-bot takes."""

_INVITED = {"chat": CROWD, "from": STRANGER, "user_chat_id": 900_001, "date": DAY}
_BOOST = {"source": "premium", "user": STRANGER}
_ALONE: Wire = {"id": 900_001, "first_name": "Stranger", "username": "stranger_1", "type": "private"}
_LETTER = {"message_id": 8, "date": DAY, "chat": _ALONE, "from": STRANGER, "text": "Hello"}
_PAID = {"id": "81", "from": STRANGER, "invoice_payload": "p"}
_ADDRESS = {
    "country_code": "VN",
    "state": "",
    "city": "C",
    "street_line1": "1",
    "street_line2": "",
    "post_code": "81000",
}
_EMOJI = {"type": "emoji", "emoji": "\U0001f44d"}

ODD: dict[str, Wire] = {
    "inline_query": {"id": "71", "from": STRANGER, "query": "word", "offset": "", "chat_type": "sender"},
    "chosen_inline_result": {"result_id": "r", "from": STRANGER, "query": "word"},
    "poll": _POLL,
    "poll_answer": {"poll_id": "5408863131", "user": STRANGER, "option_ids": [0], "option_persistent_ids": ["o1"]},
    "chat_join_request": _INVITED,
    "chat_member": {
        "chat": CROWD,
        "from": STRANGER,
        "date": DAY,
        "old_chat_member": {"user": STRANGER, "status": "left"},
        "new_chat_member": {"user": STRANGER, "status": "member"},
    },
    "message_reaction": {
        "chat": CROWD,
        "message_id": 3,
        "user": STRANGER,
        "date": DAY,
        "old_reaction": [],
        "new_reaction": [_EMOJI],
    },
    "message_reaction_count": {
        "chat": ABROAD,
        "message_id": 3,
        "date": DAY,
        "reactions": [{"type": _EMOJI, "total_count": 2}],
    },
    "pre_checkout_query": _PAID | {"currency": "VND", "total_amount": 1000},
    "shipping_query": _PAID | {"shipping_address": _ADDRESS},
    "purchased_paid_media": {"from": STRANGER, "paid_media_payload": "p"},
    "chat_boost": {
        "chat": ABROAD,
        "boost": {"boost_id": "b", "add_date": DAY, "expiration_date": DAY + 9, "source": _BOOST},
    },
    "removed_chat_boost": {"chat": ABROAD, "boost_id": "b", "remove_date": DAY, "source": _BOOST},
    "business_connection": {
        "id": "c",
        "user": STRANGER,
        "user_chat_id": 900_001,
        "date": DAY,
        "rights": {"can_reply": True},
        "is_enabled": True,
    },
    "business_message": _LETTER | {"business_connection_id": "c"},
    "edited_business_message": _LETTER | {"business_connection_id": "c", "edit_date": DAY + 9},
    "deleted_business_messages": {
        "business_connection_id": "c",
        "chat": _ALONE,
        "message_ids": [8],
    },
    "hologram_shown": {"id": "h", "from": STRANGER},  # nobody knows it yet
}
"""Kinds of updates that come only to those who ask for them, one payload each."""

UNDECODABLE: tuple[Wire, ...] = (
    {"message": {"message_id": "x", "date": "soon", "text": 7}},
    {"message": {"message_id": 5, "date": DAY, "chat": "here", "text": "Hello"}},
    {"message": []},
    {"callback_query": {"id": 5, "from": {}, "data": "menu"}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}, "new_chat_member": "kicked"}},
    {"message": {"message_id": 5, "date": DAY, "chat": {"id": None, "type": None}, "from": 3}},
)
"""What no client can read, though its number can be read."""
