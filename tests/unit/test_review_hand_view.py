"""The view of the hand as data and as a page: nothing unknown is invented, nothing that matters is dropped."""

from __future__ import annotations

import base64
import html.parser
import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.flag import FlagKind
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.errors import StoreError
from slowhand.locate.pose import Mode
from slowhand.review.hand_track import (
    BUZZ,
    CONTACT,
    FORCE_AT_LEAST,
    GAP,
    LOCATED,
    LOOK_DTYPE,
    PACE_AT_LEAST,
    RUNNING,
    UNKNOWN,
    hand_track,
    looks_of,
)
from slowhand.review.hand_view import FILE_NAME, embedded, hand_view_page, page_data, page_script, write_hand_view
from slowhand.review.muscle_words import muscle_words
from slowhand.sensing.profile import load_glove
from slowhand.strokes.stroke import Kind
from tests.unit.hand_scenes import START_US, flag, long_rows, session, stroke, told_session
from tests.unit.touch_scenes import Scene, unplaced

LENGTH = 450.0
NEED_A_PLACE = ("place_mm", "sigma_tenth_mm", "heading_mrad", "cop_mm", "pad_mm", "nearest_mm")


def track_of(record):
    return hand_track(
        record.touch, record.strokes, record.flags, record.cues, record.receiver, record.glove, record.magnets_mm
    )


def page_of(record) -> str:
    return hand_view_page(record, track_of(record))


class Parts(html.parser.HTMLParser):
    """What a browser would find: elements, and the text of each script and of the title."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.setdefault(self.elements[-1][0] if self.elements else "", []).append(data)


def data_in(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="session">(.*?)</script>', page, re.DOTALL)[1])


def test_there_is_one_look_for_every_40_ms_and_it_says_where_the_hand_was() -> None:
    rows = Scene(at=(60.0, 0.0)).glide(0, 400, 10.0).rows(start_us=START_US)
    looks = looks_of(rows, LENGTH)
    assert list(looks["look"]) == list(range(len(rows) // 8))
    assert np.abs(looks["place_mm"] - rows["pos_mm"][::8, :2]).max() <= 0.5
    assert np.abs(looks["pad_mm"] - rows["pad_mm"][::8]).max() <= 0.5
    assert (looks["state"] == CONTACT | LOCATED | RUNNING).all()
    assert np.abs(looks["pace_mm_s"][2:-2] - 100).max() <= 1


def test_one_row_without_a_place_makes_the_place_of_its_look_unknown_and_of_no_other() -> None:
    rows = Scene().glide(0, 200, 10.0).rows()
    unplaced(rows[83:84])
    looks = looks_of(rows, LENGTH)
    lost = ~(looks["state"] & LOCATED).astype(bool)
    assert list(np.flatnonzero(lost)) == [10]
    for name in NEED_A_PLACE:
        values = looks[name].reshape(len(looks), -1)
        assert (values[10] == UNKNOWN).all(), name
        assert (values[11] != UNKNOWN).all(), name
    assert looks["pace_mm_s"][10] == pytest.approx(100, abs=1)   # what was known of the pace stays, as a lower bound
    assert looks["state"][10] & PACE_AT_LEAST and not looks["state"][11] & PACE_AT_LEAST
    assert looks["force_tenth_n"][10] == 80                      # a force needs no place


def test_without_a_strip_nothing_that_needs_a_place_is_known() -> None:
    looks = looks_of(Scene().glide(0, 200, 10.0).rows(Mode.MOTION), LENGTH)
    assert not (looks["state"] & LOCATED).any()
    for name in (*NEED_A_PLACE, "pace_mm_s", "spine_tenth_n"):
        assert (looks[name] == UNKNOWN).all(), name
    assert (looks["force_tenth_n"] == 80).all()


def test_a_pad_that_cannot_be_used_is_unknown_and_not_zero() -> None:
    rows = Scene().hold(1.0, 8.0).rows()
    rows["force_n"][:, 3] = np.nan
    looks = looks_of(rows, LENGTH)
    assert (looks["pad_tenth_n"][:, 3] == UNKNOWN).all() and (looks["pad_tenth_n"][:, 1] == 80).all()


@given(st.integers(0, 399), st.floats(20, 300), st.floats(31, 90))
def test_a_peak_of_one_row_is_the_peak_of_its_look(row: int, newtons: float, cm_s: float) -> None:
    rows = Scene().hold(2.0, 8.0).rows()
    rows["total_n"][row] = rows["force_n"][row, 1] = newtons
    rows["speed_cm_s"][row] = cm_s
    rows["spine_mm"][row] = 7.0
    look = looks_of(rows, LENGTH)[row // 8]
    assert look["force_tenth_n"] == look["pad_tenth_n"][1] == pytest.approx(newtons * 10, abs=0.51)
    assert look["pace_mm_s"] == pytest.approx(cm_s * 10, abs=0.51)
    assert look["nearest_mm"] == 7


def test_a_lower_bound_a_buzz_and_a_gap_of_one_row_mark_their_look() -> None:
    rows = Scene().hold(2.0, 8.0).rows()
    rows["at_least"][45, 4] = rows["total_at_least"][45] = rows["haptic"][45] = rows["gap"][45] = True
    looks = looks_of(rows, LENGTH)
    assert looks["state"][5] == CONTACT | LOCATED | RUNNING | GAP | BUZZ | FORCE_AT_LEAST
    assert looks["bounds"][5] == 1 << 4 and not looks["bounds"][6]
    assert looks["state"][4] == CONTACT | LOCATED | RUNNING


def test_rows_that_are_missing_leave_a_hole_and_no_looks() -> None:
    rows = Scene().hold(2.0, 8.0).rows()
    rows["t_us"][200:] += 60_000_000
    numbers = looks_of(rows, LENGTH)["look"]
    assert list(numbers[:25]) == list(range(25)) and list(numbers[25:]) == list(range(1525, 1550))


def test_values_beyond_two_bytes_are_kept_at_the_end_of_the_scale_and_never_become_unknown() -> None:
    rows = Scene().hold(0.4, 8.0).rows()
    rows["total_n"], rows["pos_mm"][:, 0] = 1e6, -1e6
    looks = looks_of(rows, LENGTH)
    assert (looks["force_tenth_n"] == 32767).all() and (looks["place_mm"][:, 0] == -32767).all()


def test_no_flag_is_dropped_however_short_or_still_open() -> None:
    flags = [flag(k * 0.013, k * 0.013) for k in range(40)] + [flag(0.9, None, FlagKind.SPINE_PRESSURE)]
    record = session(Scene().hold(1.0, 8.0).rows(start_us=START_US), flags=tuple(flags))
    found = data_in(page_of(record))["flags"]
    assert len(found) == 41
    assert [f["from"] for f in found] == pytest.approx([(f.start_us - START_US) / 1e6 for f in flags], abs=0.001)
    assert found[-1]["to"] is None and found[-1]["kind"] == "spine_pressure"


def test_strokes_cues_limits_and_the_receiver_are_there() -> None:
    sore = SensitivePlace(x_mm=-40, y_mm=300, radius_mm=25, max_n=8)
    record = replace(told_session(), receiver=Receiver(back_length_mm=430.0, sensitive=(sore,)))
    data = data_in(page_of(record))
    assert data["strokes"][0] == {
        "kind": "glide", "from": 2.0, "to": 5.0, "over": "along erector spinae",
    }
    assert data["strokes"][1]["over"] is None
    assert data["cues"] == [{"at": 6.3, "text": "Much slower, please.", "severity": "alarm"}]
    assert data["limits"]["too_fast"] == [25.0, 30.0]
    assert data["bands"]["too_fast"] == [[0.0, data["durationS"], 25.0, 30.0]]
    assert data["techniques"] == [[0.0, data["durationS"], None, True]]
    assert data["back"]["length"] == 430.0 and data["back"]["sore"] == [[-40, 300, 25, 8, "sore", 0, None]]
    assert data["strip"] is True and len(data["magnets"]) == 16
    assert data_in(page_of(told_session(Mode.FORCE)))["strip"] is False


def test_columns_come_back_as_they_were() -> None:
    record = told_session()
    track = track_of(record)
    columns = page_data(record, track)["columns"]
    assert len(columns) == len(LOOK_DTYPE.names)
    back = np.frombuffer(base64.b64decode(columns["padMm"]), "<i2").reshape(-1, 6, 2)
    assert np.array_equal(back, track.looks["pad_mm"])


def test_a_left_hand_is_said_to_be_one() -> None:
    glove = data_in(page_of(replace(told_session(), glove=load_glove(hand="left"))))["glove"]
    assert glove["hand"] == "left" and glove["pads"][0] == ["thumb", 50, -55]


NASTY = "</script><script>alert(1)</script><!-- <b>&amp;\u2028 {{script}} {{data}}"


def test_names_cannot_break_out_of_the_data() -> None:
    glove = load_glove().model_copy(update={"name": NASTY})
    record = replace(told_session(), title=NASTY, subtitle=NASTY, notes=(NASTY,), glove=glove)
    page = page_of(record)
    calm = page_of(told_session())
    for tag in ("script", "b", "main"):
        assert [t for t, _ in Parts(page).elements].count(tag) == [t for t, _ in Parts(calm).elements].count(tag), tag
    data = data_in(page)
    assert data["title"] == data["subtitle"] == data["glove"]["name"] == NASTY and data["notes"] == [NASTY]
    assert "".join(Parts(page).texts["title"]).startswith(NASTY)


@given(st.text())
def test_whatever_text_is_embedded_comes_back_and_holds_no_markup(text: str) -> None:
    inside = embedded({"text": text})
    assert json.loads(inside) == {"text": text}
    assert not set("<>&") & set(inside) and inside.isascii()


def test_numbers_that_are_none_are_refused_and_not_written() -> None:
    with pytest.raises(ValueError):
        embedded({"value": float("nan")})


def test_the_page_fetches_nothing() -> None:
    page = page_of(told_session())
    for tag, attributes in Parts(page).elements:
        assert "src" not in attributes, tag
        assert (attributes.get("href") or "data:").startswith("data:"), tag
    style = resources.files("slowhand.review") / "web" / "hand_view.css"
    assert "url(" not in style.read_text().replace("url(#", "") and "@import" not in style.read_text()
    policy = next(a["content"] for t, a in Parts(page).elements if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none';") and "script-src 'sha256-" in policy


def test_the_modules_are_joined_to_one_script_that_imports_nothing() -> None:
    script = page_script()
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    names = re.findall(r"^(?:const|let|function|class) (\w+)", script, re.MULTILINE)
    assert sorted(names) == sorted(set(names)), "two modules have a name in common"
    folder = resources.files("slowhand.review") / "web"
    for file in folder.iterdir():
        if file.name.endswith(".js"):
            assert file.read_text().splitlines()[0].startswith("//") and file.read_text().splitlines()[-1] in script


def test_an_hour_stays_below_ten_megabytes(tmp_path: Path) -> None:
    flags = tuple(flag(k * 6.0, k * 6.0 + 1.0) for k in range(600))
    file = write_hand_view(session(long_rows(60), flags=flags), tmp_path)
    assert file.name == FILE_NAME and file.stat().st_size < 10e6


def test_a_session_without_a_row_gives_a_page() -> None:
    data = data_in(page_of(session(Scene().hold(1.0, 1.0).rows()[:0])))
    assert data["count"] == 0 and data["durationS"] == 0.0


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"hand-view\.html.*choose another folder"):
        write_hand_view(told_session(), tmp_path / "file")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_their_ground(theme: str) -> None:
    colours = theme_colours(theme)
    for ground in ("ground", "panel"):
        for words in ("text", "soft", "faint", "ok-words", "warn-words", "alarm-words"):
            assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    for level in ("warn", "alarm"):
        assert contrast(colours["text"], colours[f"{level}-fill"]) >= 4.5, level
    for kind in ("glide", "knead", "press", "friction", "tap"):
        assert contrast(colours["on-stroke"], colours[kind]) >= 4.5, kind


def theme_colours(theme: str) -> dict[str, str]:
    """The style sheet's own six-digit (or three-digit) colours."""
    style = (resources.files("slowhand.review") / "web" / "hand_view.css").read_text()
    light, dark = style.split("prefers-color-scheme: dark", 1)[0], style.split("prefers-color-scheme: dark", 1)[1]
    pairs = re.findall(r"--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3});", light if theme == "light" else dark)
    return {name: "#" + "".join(2 * c for c in code[1:]) if len(code) == 4 else code for name, code in pairs}


def contrast(a: str, b: str) -> float:
    """Ratio of two colours' relative luminances (WCAG 2.1)."""

    def luminance(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("muscle", "fibre_deg", "words"),
    [
        (None, None, None), ("rhomboids", None, "over rhomboids"), ("rhomboids", 29.0, "along rhomboids"),
        ("trapezius_upper", 45.0, "oblique to upper trapezius"),
        ("trapezius_upper", 60.0, "across upper trapezius"), ("of_then", None, "over of then"),
    ],
)
def test_a_stroke_is_told_with_its_muscle_as_far_as_it_is_known(
    muscle: str | None, fibre_deg: float | None, words: str | None
) -> None:
    assert muscle_words(replace(stroke(Kind.GLIDE, 1.0, 2.0), muscle=muscle, fibre_deg=fibre_deg)) == words
