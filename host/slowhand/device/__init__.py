"""One glove: the handshake, what was lost, and its frames as rows in the order of its own clock."""

from slowhand.device.glove import DeviceState, GloveDevice
from slowhand.device.output import DeviceOutput, GloveEvent, Notice, NoticeKind
from slowhand.device.wire_rows import WIRE_DTYPE

__all__ = ["WIRE_DTYPE", "DeviceOutput", "DeviceState", "GloveDevice", "GloveEvent", "Notice", "NoticeKind"]
