/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const char *make_link(const char *target, const char *link)
{
    struct stat there;
    char fresh[4096];

    if (!lstat(link, &there) && !S_ISLNK(there.st_mode))
        return "the pty link's path is taken by something that is no symlink";
    if (snprintf(fresh, sizeof fresh, "%s.%d", link, (int)getpid()) >= (int)sizeof fresh)
        return "the pty link's path is too long";
    if (symlink(target, fresh) || rename(fresh, link))
        return "the pty link cannot be made";
    return NULL;
}

const char *serial_plug(struct serial *serial)
{
    if (!serial->link || serial->master >= 0)
        return NULL;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return "no pseudo-terminal to be had";
    const char *name = ptsname(master);
    /* open and close the other end once: only then is its absence seen (POLLHUP) */
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (slave < 0 || tcgetattr(slave, &raw))
        return "the pseudo-terminal cannot be set up";
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    close(slave);
    fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
    serial->master = master;
    serial->pending_count = 0;
    return make_link(name, serial->link);
}

void serial_unplug(struct serial *serial)
{
    if (serial->master < 0)
        return;
    unlink(serial->link);
    close(serial->master);
    serial->master = -1;
    serial->dropped += serial->pending_count;
    serial->pending_count = 0;
}

const char *serial_open(struct serial *serial, const char *link, const char *copy_path, bool lossless)
{
    memset(serial, 0, sizeof *serial);
    serial->master = -1;
    serial->link = link;
    serial->lossless = lossless;
    if (copy_path && !(serial->copy = fopen(copy_path, "wb")))
        return "the file for the glove's bytes cannot be written";
    return serial_plug(serial);
}

void serial_close(struct serial *serial)
{
    serial_unplug(serial);
    if (serial->copy)
        fclose(serial->copy);
    serial->copy = NULL;
}

void serial_put(void *who, uint8_t byte)
{
    struct serial *serial = who;
    size_t room = serial->lossless ? SERIAL_PENDING : SERIAL_LATE;

    if (serial->copy)
        fputc(byte, serial->copy);
    if (!serial->link)
        return;
    if (serial->master < 0 || serial->pending_count >= room) {
        serial->dropped++;
        return;
    }
    serial->pending[serial->pending_count++] = byte;
}

bool serial_host_present(const struct serial *serial)
{
    struct pollfd end = {.fd = serial->master, .events = POLLIN};

    return serial->master >= 0 && poll(&end, 1, 0) >= 0 && !(end.revents & POLLHUP);
}

bool serial_flush(struct serial *serial)
{
    if (serial->master < 0)
        return true;
    if (!serial_host_present(serial)) {
        if (serial->lossless)
            return false;
        serial->dropped += serial->pending_count;
        serial->pending_count = 0;
        return true;
    }
    while (serial->pending_count) {
        ssize_t sent = write(serial->master, serial->pending, serial->pending_count);
        if (sent <= 0)
            return !serial->lossless;
        serial->pending_count -= (size_t)sent;
        memmove(serial->pending, serial->pending + sent, serial->pending_count);
    }
    return true;
}

size_t serial_read(struct serial *serial, uint8_t *bytes, size_t size)
{
    if (serial->master < 0)
        return 0;
    ssize_t got = read(serial->master, bytes, size); /* EIO: nobody there; EAGAIN: nothing there */
    return got > 0 ? (size_t)got : 0;
}
