"""A seated trunk that turns in the room moves hand, gravity and earth field together: what the hand feels stays."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from slowhand.locate.layout import BE, SHIFT, TILT, A, Q, error_size
from slowhand.locate.motion_model import new_work, predict
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.prior import fresh_state

SIZE = error_size(16)
TURN = 0.02   # rad per sqrt(s)


@pytest.mark.parametrize("posture", ["prone", "seated"])
def test_a_turn_of_the_trunk_is_felt_by_neither_accelerometer_nor_magnetometer(posture: str) -> None:
    parameters = Parameters(velocity_walk=0.0, velocity_scale=0.0, attitude_walk=0.0, attitude_scale=0.0, gyro_bias_walk=0.0,
                            accel_bias_walk=0.0, earth_walk=0.0, room_walk=0.0, tilt_walk=0.0, hard_iron_walk=0.0)
    frames = frame_of(posture, 0.45, 0.0, parameters)
    frames["trunk_turn"], frames["trunk_shake"] = TURN, 0.0
    frame, par = frames[0], packed(parameters)[0]
    x, cov = fresh_state(16), np.zeros((SIZE, SIZE))
    earth = np.array([18.0, -9.0, -41.0])
    x[BE + SHIFT : BE + SHIFT + 3] = earth
    rotation = Rotation.from_euler("zyx", [1.2, 0.3, -0.2])
    x[Q : Q + 4] = np.roll(rotation.as_quat(), 1)
    dt = 0.005
    predict(x, cov, SIZE, dt, rotation.inv().apply(-frame["gravity"]), np.zeros(3), frame, par, new_work(SIZE))

    def felt(direction: np.ndarray, block: np.ndarray) -> np.ndarray:
        """Derivative of what the hand feels of a vector of the back frame, by the error state."""
        rows = np.zeros((3, SIZE))
        # R' (v + dv) with R <- exp(e) R: R' (dv - e x v) = R' (dv + v x e)
        a, b, c = direction
        rows[:, A : A + 3] = [[0, -c, b], [c, 0, -a], [-b, a, 0]]
        rows[:, block[0] : block[0] + block[1].shape[1]] = block[1]
        return rows

    for direction, block in ((earth, (BE, np.eye(3))), (frame["gravity"], (TILT, frame["lean"].T))):
        rows = felt(np.array(direction), block)
        np.testing.assert_allclose(rows @ cov @ rows.T, 0.0, atol=1e-12)
    # Attitude against the back does change, by as much as the trunk turns.
    np.testing.assert_allclose(np.sqrt(np.diag(cov)[A : A + 3] / dt), TURN, rtol=1e-9)
