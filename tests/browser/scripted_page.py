"""Serves the live page with a scripted session; told what to do by lines on standard input.

    python -m tests.browser.scripted_page --scene good --port 0

Prints ``ready URL`` when the page can be opened. Lines on standard input: a scene's name (prints its number as
``scene 2``), ``then`` and a scene's name (it goes on as that, in the same session), ``calls`` (prints the session's
calls as ``calls start stop``), ``cpu`` (prints the processor seconds used so far), ``end``.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

from slowhand.errors import SlowhandError
from slowhand.live.page import serve
from tests.browser.scripted_session import SCENES, ScriptedSession


def obey(session: ScriptedSession, end: threading.Event) -> None:
    for line in sys.stdin:
        word = line.strip()
        if word in SCENES:
            print("scene", session.play(word), flush=True)
        elif word.startswith("then "):
            print("scene", session.go_on(word.removeprefix("then ")), flush=True)
        elif word == "calls":
            print("calls", *session.calls, flush=True)
        elif word == "cpu":
            print("cpu", time.process_time(), time.monotonic(), flush=True)
        else:
            end.set()
            return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", choices=SCENES, default="good")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--open-browser", action="store_true")
    options = parser.parse_args()
    session = ScriptedSession(options.scene)
    end = threading.Event()
    threading.Thread(target=obey, args=(session, end), daemon=True).start()
    try:
        serve(session, options.host, options.port, open_browser=options.open_browser, until=end.is_set,
              on_ready=lambda url: print("ready", url, flush=True))
    except SlowhandError as error:
        print(error, file=sys.stderr)
        return 2
    print("closed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
