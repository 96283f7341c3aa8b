"""How it stands with the glove, in one line for the page: what, where, what to do."""

from __future__ import annotations

from slowhand.clock import LATE_S
from slowhand.device import DeviceState, GloveDevice
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.session.live_state import LinkState, LinkView

STALE_S = 0.3   # no sample for this long: the gauges say so

_REFUSED = (DeviceState.NOT_A_GLOVE, DeviceState.MISMATCH)


def link_view(
    link: ReconnectingLink,
    device: GloveDevice,
    quiet_s: float | None,
    late_s: float,
    rate_hz: float | None,
    getting_ready: str,
) -> LinkView:
    """The link's state and one line about it.

    ``quiet_s`` is how long ago the latest row came (None: none yet), ``late_s`` how old it was by the glove's clock,
    ``rate_hz`` the measured rate.
    """
    state, words = _state(link, device, quiet_s, late_s)
    if getting_ready:
        state, words = LinkState.CONNECTING, getting_ready
    return LinkView(
        state, words, link.name, rate_hz if state is LinkState.STREAMING else None,
        device.lost_frames, device.bad_frames, link.reconnects,
    )


def _state(link: ReconnectingLink, device: GloveDevice, quiet_s: float | None, late_s: float) -> tuple[LinkState, str]:
    if not link.up:
        if quiet_s is None:
            return LinkState.SEARCHING, f"No glove yet: {link.words}."
        return LinkState.LOST, (
            f"The glove on {link.name} is gone. Plug it in again; the session goes on by itself. ({link.words})"
        )
    if device.state in _REFUSED:
        return LinkState.REFUSED, f"{link.name}: {device.words}."
    if device.state in (DeviceState.IDENTIFYING, DeviceState.STARTING, DeviceState.CLOSED):
        return LinkState.CONNECTING, f"{link.name}: {device.words}."
    if device.state is DeviceState.IDLE:
        return LinkState.STALE, f"{link.name}: {device.words}."
    if device.state is DeviceState.STREAMING and quiet_s is None:
        return LinkState.CONNECTING, f"{link.name}: waiting for the first sample."
    if device.state is DeviceState.STALE or quiet_s is None or quiet_s > STALE_S:
        return LinkState.STALE, f"The glove on {link.name} sends nothing. Check that it has power. ({device.words})"
    if late_s > LATE_S:
        return LinkState.STALE, (
            f"Samples from the glove on {link.name} come {late_s:.1f} s late: close other programs, try another port."
        )
    name = f"Glove {device.hello.unit_id}" if device.hello else "The glove"
    return LinkState.STREAMING, f"{name} on {link.name} is streaming."
