"""The map of the code, in prose. No code stands here.

La Chan is a house of four folders, each for one question. Imports run down this list and never up.

`bot/` - How does it reach people? The process and all that knows a framework.
    `bot/cli.py` is the command line, `bot/settings.py` every setting once, `bot/app.py` the composition root: it
    builds all parts and is the only place that knows them all. `bot/server.py` runs them until told to stop;
    `bot/connections.py` says what one connection may cost, and how many there may be.
    `bot/turns.py` is the way of every message. `bot/memory.py` holds what is private, for 30 minutes and on no disk.
    `bot/locks.py` lets a copy of a message wait for the first, whose answer it gets.
    `bot/channels/` has the channels: `bot/channels/webchat.py`, `bot/channels/terminal.py`, and those that are sent to,
    all of one shape (`bot/channels/channel.py`): `bot/channels/telegram/`, `bot/channels/zalo_bot/`,
    `bot/channels/zalo_oa/`. `bot/platforms.py` opens those that the settings ask for. What comes on them goes through
    `bot/letterbox.py`, brought by `bot/channels/hooks.py` or asked for by `bot/polling.py`; `bot/newest.py` knows
    what comes too late to count. `bot/page/` is the web page itself. `bot/tokens.py` makes and reads web sessions,
    `bot/limits.py` says how fast is too fast, `bot/labels.py` lets a label be typed instead of tapped.
    `bot/delivery.py` carries answers out to one channel: `bot/parcels.py` knows whose turn it is, `bot/backlog.py` what
    waits in the outbox, `bot/reach.py` whether the platform can be reached, and `bot/standing.py` tells who looks after
    it.
    `bot/clock.py` wakes the pumps listed in `bot/jobs.py`.
    `bot/logs.py`, `bot/metrics.py`, `bot/failures.py` and `bot/status.py` are the ways to see, and never show a person;
    `bot/checks/` is what `status` looks at. `bot/deploy/` has the files for a machine: proxy and service. `bot/trial/`
    tries a platform with a real token and a person.
    `bot/frames.py` lets the command line's help speak Vietnamese too; `bot/screen.py` prints, `bot/needs.py` says what
    settings lack.

`handlers/` - What does it do for them? Plain synchronous functions: a message goes in, a reply comes out.
    `handlers/routes.py` is the one table of who answers what, and tells private from durable. `handlers/chat.py` has
    the words that all channels share, `handlers/turn.py` what a handler gets and gives, `handlers/choices.py` what a
    typed "2" means, `handlers/taking.py` one durable message inside its transaction; `handlers/channels.py` what
    channels are called.
    One folder a job: `handlers/learn/`, `handlers/scenes/`, `handlers/quiz/` (durable), `handlers/help/`,
    `handlers/ask/` (private). In each, `rules.py` is pure, the use cases run inside the caller's transaction, and
    `talk.py` is the conversation. `handlers/link/` joins one person's devices. `handlers/start.py`, `handlers/me.py`,
    `handlers/opening.py` (deep links) and `handlers/notices.py` are small enough for one file each.

`storage/` - What does it keep? One file a noun, the same noun as in `handlers/`.
    `storage/people.py`, `storage/states.py`, `storage/progress.py`, `storage/consents.py`, `storage/inbox.py`,
    `storage/outbox.py`, `storage/links.py`, `storage/tokens.py` and `storage/erased.py` have their tables;
    `storage/addresses.py` knows which chats are closed to us; `storage/chats.py` reads a person and where they
    stand in one query. `storage/retention.py` is the table of how long each thing is kept. `storage/schema.py` and
    `storage/tables.py` hold the tables together; `storage/versions.py` and `storage/migrations/` bring an older
    database up to date.
    `storage/database.py` is the one door to a transaction. Behind it: `storage/sqlite.py` on a file
    (`storage/file.py`) with one writer (`storage/writer.py`), group commit (`storage/group.py`) and a lock
    (`storage/lock.py`); or `storage/postgres.py`, what goes wrong there (`storage/trouble.py`) and its lock
    (`storage/served.py`).
    `storage/secret.py` is the server's own key, `storage/vault.py` seals what must not lie open.
    `storage/library/` reads all content, or refuses to start with every mistake listed; `storage/wording.py` reads what
    stands on the screens.

`content/` - What does it say? Text files, edited by people who don't program. See `docs/content.md`.

A message makes five hops: a channel decodes it; `bot.turns.receive` tells private from durable; a handler answers, in
one transaction or in memory; the answer is kept; the channel encodes it. `docs/architecture.md` draws them.
"""
