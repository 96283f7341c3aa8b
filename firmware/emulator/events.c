/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "events.h"

#include <stdarg.h>
#include <string.h>

int events_open(struct events *events, const char *path)
{
    events->file = fopen(path, "w");
    return events->file ? 0 : -1;
}

void events_close(struct events *events)
{
    if (events->file)
        fclose(events->file);
    events->file = NULL;
}

/* The first word of a format is the kind of its event. */
static int wanted(const char *kinds, const char *format)
{
    size_t length = strcspn(format, " ");

    for (const char *kind = kinds; kind; kind = strchr(kind, ',') ? strchr(kind, ',') + 1 : NULL)
        if (strcspn(kind, ",") == length && !strncmp(kind, format, length))
            return 1;
    return kinds == NULL;
}

static void write_line(FILE *file, uint64_t cycle, const char *prefix, const char *format, va_list arguments)
{
    /* one cycle is 62.5 ns, so four digits write every cycle exactly */
    fprintf(file, "%llu.%04u %s", (unsigned long long)(cycle / CYCLES_PER_US),
            (unsigned)(cycle % CYCLES_PER_US) * 625u, prefix);
    vfprintf(file, format, arguments);
    fputc('\n', file);
}

void events_log(struct events *events, uint64_t cycle, const char *format, ...)
{
    if (!events->file || !wanted(events->kinds, format))
        return;
    va_list arguments;
    va_start(arguments, format);
    write_line(events->file, cycle, "", format, arguments);
    va_end(arguments);
}

void events_misuse(struct events *events, uint64_t cycle, const char *format, ...)
{
    events->misuses++;
    if (!events->file)
        return;
    va_list arguments;
    va_start(arguments, format);
    write_line(events->file, cycle, "misuse ", format, arguments);
    va_end(arguments);
}
