"""Does the hand touch, and with which part? From the pads' forces, row by row."""

from __future__ import annotations

from slowhand.locate.kernel import kernel

CONTACT_ON_N = 1.0   # fixed by the product: total force that begins a contact
CONTACT_OFF_N = 0.5  # and that ends it


@kernel
def feel(row, pads, dt, book):
    """Update contact, its clocks, the total force and the lever of the force in ``book``.

    ``pads`` (6, 3) in m, hand frame. Pads that are not usable count as not there.
    """
    force, x, y, z = 0.0, 0.0, 0.0, 0.0
    for k in range(pads.shape[0]):
        f = row.force[k]
        if row.pad_ok[k] and f > 0.0:
            force += f
            x += f * pads[k, 0]
            y += f * pads[k, 1]
            z += f * pads[k, 2]
    book.force = force
    if book.contact:
        book.contact = force >= CONTACT_OFF_N
    else:
        book.contact = force >= CONTACT_ON_N
    if book.contact:
        book.contact_s += dt
        book.free_s = 0.0
    else:
        book.free_s += dt
        book.contact_s = 0.0
    if force >= CONTACT_OFF_N:
        book.lever[0] = x / force
        book.lever[1] = y / force
        book.lever[2] = z / force
