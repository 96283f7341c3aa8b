/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "agenda.h"

#include <stddef.h>

static avr_cycle_count_t run_due(avr_t *avr, avr_cycle_count_t when, void *parameter)
{
    struct agenda *agenda = parameter;

    (void)when;
    while (agenda->first && agenda->first->when <= avr->cycle) {
        struct agenda_item *item = agenda->first;
        uint64_t due = item->when;
        agenda->first = item->next;
        item->when = 0;
        uint64_t next = item->run(item->who, due);
        if (next)
            agenda_at(agenda, item, next);
    }
    agenda_rearm(agenda);
    return 0;
}

void agenda_init(struct agenda *agenda, avr_t *avr)
{
    agenda->avr = avr;
    agenda->first = NULL;
}

static void unlink_item(struct agenda *agenda, struct agenda_item *item)
{
    for (struct agenda_item **link = &agenda->first; *link; link = &(*link)->next)
        if (*link == item) {
            *link = item->next;
            break;
        }
    item->when = 0;
}

void agenda_at(struct agenda *agenda, struct agenda_item *item, uint64_t when)
{
    unlink_item(agenda, item);
    struct agenda_item **link = &agenda->first;
    while (*link && (*link)->when <= when)
        link = &(*link)->next;
    item->when = when ? when : 1;
    item->next = *link;
    *link = item;
    if (agenda->first == item)
        agenda_rearm(agenda);
}

void agenda_cancel(struct agenda *agenda, struct agenda_item *item)
{
    unlink_item(agenda, item);
}

void agenda_rearm(struct agenda *agenda)
{
    avr_cycle_timer_cancel(agenda->avr, run_due, agenda);
    if (!agenda->first)
        return;
    uint64_t now = agenda->avr->cycle;
    uint64_t when = agenda->first->when;
    avr_cycle_timer_register(agenda->avr, when > now ? when - now : 0, run_due, agenda);
}
