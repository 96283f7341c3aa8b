"""The session file's tables, version by version."""

from __future__ import annotations

import sqlite3

from slowhand.errors import StoreError

# "SLOW" in ASCII: tells a session file from any other SQLite file.
APPLICATION_ID = 0x534C4F57

# One entry per schema version, run in order on a file that is older. Never edit one that was released: add another.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            started_at REAL NOT NULL,       -- host time, seconds since 1970 (UTC)
            last_at REAL NOT NULL,          -- host time of the last thing written
            ended_at REAL,                  -- NULL: still running, or the host was killed
            version TEXT NOT NULL,          -- of the program that recorded it
            setup TEXT NOT NULL,            -- mode and profiles used, JSON
            reception TEXT,                 -- where the decoding of its bytes stood when it began, JSON
            wire_bytes INTEGER NOT NULL DEFAULT 0
        )""",
        """CREATE TABLE wire (               -- every byte that came in, in the order in which it came
            id INTEGER PRIMARY KEY,
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            host_s REAL NOT NULL,           -- the host's monotonic clock, seconds
            bytes BLOB NOT NULL
        )""",
        "CREATE INDEX wire_session ON wire(session_id, id)",
        """CREATE TABLE stroke (
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL
        )""",
        "CREATE INDEX stroke_session ON stroke(session_id, start_us)",
        """CREATE TABLE flag (
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            kind TEXT NOT NULL, start_us INTEGER NOT NULL, detail TEXT NOT NULL,
            PRIMARY KEY (session_id, kind, start_us)
        ) WITHOUT ROWID""",
        """CREATE TABLE cue (
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            t_us INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL
        )""",
        "CREATE INDEX cue_session ON cue(session_id, t_us)",
        """CREATE TABLE event (              -- what happened to the link, the glove and the recording
            id INTEGER PRIMARY KEY,
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            host_s REAL NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL
        )""",
        "CREATE INDEX event_session ON event(session_id, id)",
    ),
    (
        """CREATE TABLE memory (             -- what was said about places, for the next session with the same person
            receiver TEXT PRIMARY KEY,      -- the name in receiver.toml
            places TEXT NOT NULL,           -- JSON
            session_id INTEGER NOT NULL,    -- in which it was said last; it may have been deleted since
            at REAL NOT NULL                -- host time, seconds since 1970 (UTC)
        ) WITHOUT ROWID""",
    ),
)

SCHEMA_VERSION = len(MIGRATIONS)


def bring_up_to_date(connection: sqlite3.Connection, path: str) -> None:
    """Create the tables, or migrate those of an older version, each step in one transaction.

    Raises:
        StoreError: the file is another program's, or was made by a newer version.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (tables or version or application):
        raise StoreError(f"{path}: is another program's database; choose another file with --db")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: was made by a newer slowhand (schema {version}, this one knows {SCHEMA_VERSION}); "
            "update slowhand or choose another file with --db"
        )
    for number in range(version + 1, SCHEMA_VERSION + 1):
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have done this step while we waited for the lock.
        if connection.execute("PRAGMA user_version").fetchone()[0] < number:
            for statement in MIGRATIONS[number - 1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
