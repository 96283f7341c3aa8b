/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "script.h"

#include "report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct script_line {
    uint64_t when;
    char *order;
};

struct planned_fault {
    struct script *script;
    enum fault fault;
    bool hard, begun;
    uint64_t until;              /* cycle; 0: for ever */
    struct agenda_item item;
    struct planned_fault *next;
};

static const char *send_hex(struct script *script, const char *hex)
{
    uint8_t bytes[512];
    size_t count = 0;
    unsigned value;
    int used;

    while (*hex) {
        if (isspace((unsigned char)*hex)) {
            hex++;
            continue;
        }
        if (!isxdigit((unsigned char)hex[0]) || !isxdigit((unsigned char)hex[1])
            || sscanf(hex, "%2x%n", &value, &used) != 1 || count == sizeof bytes)
            return "neither an order nor pairs of hexadecimal digits (512 bytes at most)";
        bytes[count++] = (uint8_t)value;
        hex += used;
    }
    if (!script->serial->link || script->serial->master >= 0) /* nothing arrives through a cable that is out */
        uart_send(&script->board->uart, bytes, count);
    return NULL;
}

static const char *set_fault(struct script *script, const char *words)
{
    char name[32], state[4];

    if (sscanf(words, "%31s %3s", name, state) != 2 || (strcmp(state, "on") && strcmp(state, "off")))
        return "expected: fault NAME on|off";
    enum fault fault = board_fault_named(name, strlen(name));
    if (fault == FAULT_COUNT)
        return "no such fault";
    board_set_fault(script->board, fault, !strcmp(state, "on"), false);
    return NULL;
}

static const char *set_cable(struct script *script, bool in)
{
    events_log(&script->board->events, script->board->chip.avr->cycle, "cable %s", in ? "in" : "out");
    const char *fault = NULL;
    if (in)
        fault = serial_plug(script->serial);
    else
        serial_unplug(script->serial);
    if (!fault)
        report_note(in ? "plugged" : "unplugged");
    return fault;
}

const char *script_obey(struct script *script, const char *order)
{
    if (!strcmp(order, "unplug") || !strcmp(order, "plug"))
        return set_cable(script, order[0] == 'p');
    if (!strcmp(order, "reset")) {
        chip_external_reset(&script->board->chip);
        return NULL;
    }
    if (!strcmp(order, "quit")) {
        script->quit = true;
        return NULL;
    }
    if (!strncmp(order, "fault ", 6))
        return set_fault(script, order + 6);
    return send_hex(script, strncmp(order, "send ", 5) ? order : order + 5);
}

static uint64_t run_line(void *who, uint64_t when)
{
    struct script *script = who;
    const char *fault = script_obey(script, script->lines[script->next].order);

    if (fault)
        events_misuse(&script->board->events, when, "script: %s", fault);
    if (++script->next == script->count)
        return 0;
    return script->lines[script->next].when > when ? script->lines[script->next].when : when + 1;
}

void script_init(struct script *script, struct board *board, struct serial *serial)
{
    memset(script, 0, sizeof *script);
    script->board = board;
    script->serial = serial;
    script->item = (struct agenda_item){.run = run_line, .who = script};
}

static const char *add_line(struct script *script, char *text)
{
    char *end;

    text[strcspn(text, "#\r\n")] = '\0';
    for (size_t length = strlen(text); length && isspace((unsigned char)text[length - 1]); length--)
        text[length - 1] = '\0';
    while (isspace((unsigned char)*text))
        text++;
    if (!*text)
        return NULL;
    unsigned long long t_us = strtoull(text, &end, 10);
    if (end == text || !isspace((unsigned char)*end))
        return "expected a time in microseconds, then an order or bytes";
    while (isspace((unsigned char)*end))
        end++;
    if (script->count && t_us * CYCLES_PER_US < script->lines[script->count - 1].when)
        return "times go back";
    script->lines = realloc(script->lines, (script->count + 1) * sizeof *script->lines);
    script->lines[script->count++] = (struct script_line){.when = t_us * CYCLES_PER_US, .order = strdup(end)};
    return NULL;
}

const char *script_load(struct script *script, const char *path)
{
    static char message[160];
    char text[2048];
    const char *fault = NULL;
    FILE *file = fopen(path, "r");

    if (!file)
        return "the commands file cannot be opened";
    for (int number = 1; !fault && fgets(text, sizeof text, file); number++)
        if ((fault = add_line(script, text)))
            snprintf(message, sizeof message, "commands file, line %d: %s", number, fault);
    fclose(file);
    if (fault)
        return message;
    if (script->count)
        agenda_at(&script->board->agenda, &script->item, script->lines[0].when);
    return NULL;
}

static uint64_t run_fault(void *who, uint64_t when)
{
    struct planned_fault *plan = who;

    (void)when;
    board_set_fault(plan->script->board, plan->fault, !plan->begun, plan->hard);
    if (plan->begun)
        return 0;
    plan->begun = true;
    return plan->until;
}

const char *script_plan_fault(struct script *script, const char *text)
{
    const char *at = strchr(text, '@');
    enum fault fault = at ? board_fault_named(text, (size_t)(at - text)) : FAULT_COUNT;
    double from, until = 0;
    char rest;

    if (fault == FAULT_COUNT)
        return "a fault is NAME@SECONDS or NAME@SECONDS-SECONDS; names: motion_absent, field0_absent, field1_absent, "
               "stuck_bus, all_zero, nack, supply_low, brown_out, hang, stall";
    int fields = sscanf(at + 1, "%lf-%lf%c", &from, &until, &rest);
    if (fields < 1 || fields > 2 || (fields == 1 && strchr(at, '-')) || from < 0 || (fields == 2 && until <= from))
        return "a fault's times are seconds, the second one later";
    struct planned_fault *plan = calloc(1, sizeof *plan);
    *plan = (struct planned_fault){.script = script, .fault = fault, .hard = fields == 2,
                                   .until = (uint64_t)(until * 1e6) * CYCLES_PER_US, .next = script->faults};
    plan->item = (struct agenda_item){.run = run_fault, .who = plan};
    script->faults = plan;
    agenda_at(&script->board->agenda, &plan->item, (uint64_t)(from * 1e6) * CYCLES_PER_US);
    return NULL;
}
