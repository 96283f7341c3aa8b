"""All that the magnetometers of the hand are in, and when: strip, earth, room, and iron that comes near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import Body, Strip, Surroundings
from slowhand.sim.foreign_iron import Phone, Ring, Steel
from slowhand.sim.magnets import strip_ut
from slowhand.sim.moving_strip import SPINE_SHARE, MovingStrip, Slip, moving_strip
from slowhand.sim.sway import Sway


@dataclass(frozen=True)
class FieldAtHand:
    """The field at the instants ``t_s`` (N,) of a run, with whatever trouble there is.

    ``rows`` are those instants' samples in ``sway``. Points are of the back frame, m; one per instant.
    """

    t_s: np.ndarray
    rows: np.ndarray
    strip: Strip
    moving: MovingStrip | None
    world: Surroundings
    sway: Sway | None
    steel: Steel | None
    phone: Phone | None
    ring: Ring | None

    def back(self, at: np.ndarray) -> np.ndarray:
        """uT in the back frame at points (N, 3)."""
        magnets = self.moving.field(at) if self.moving else strip_ut(self.strip, at)
        return magnets + self.around(at)

    def around(self, at: np.ndarray) -> np.ndarray:
        """The same without the strip: the room does not sway with the back."""
        place = self.sway.place_in_room(at, self.rows) if self.sway else at
        room = self.world.field(place)
        if self.steel:
            room = room + self.steel.field(place)
        if self.phone:
            room = room + self.phone.field(place, self.t_s)
        return self.sway.to_back(room, self.rows) if self.sway else room

    def hand(self, p: np.ndarray, rotation: np.ndarray, lever: np.ndarray) -> np.ndarray:
        """uT in the hand frame, (N, 3), at ``lever`` (3,) m of a hand at ``p`` (N, 3) turned by ``rotation`` (N, 3, 3)."""
        felt = np.einsum("nji,nj->ni", rotation, self.back(p + rotation @ lever))
        if self.ring is None:
            return felt
        finger = np.einsum("nji,nj->ni", rotation, self.back(p + rotation @ self.ring.place))
        return felt + self.ring.field(lever, finger, self.t_s)


def field_at_hand(body: Body, strip: Strip, world: Surroundings, t_s: np.ndarray, rows: np.ndarray, sway: Sway | None,
                  slip: Slip | None = None, steel: Steel | None = None, phone: Phone | None = None,
                  ring: Ring | None = None) -> FieldAtHand:
    """Put the parts together; a strip that neither slips nor tilts stays as it was laid."""
    moves = slip is not None or body.breathing_tilt != 0
    moving = moving_strip(strip, body, t_s, slip) if moves else None
    return FieldAtHand(t_s, rows, strip, moving, world, sway, steel, phone, ring)


def seen_by_strip(p: np.ndarray, body: Body, t_s: np.ndarray) -> np.ndarray:
    """Places of the hand (N, 3) as seen from the spine, which the breath lifts less than the ribs."""
    out = p.copy()
    out[:, 2] -= SPINE_SHARE * body.breath(t_s)
    return out
