/* fake_systemd.h - a D-Bus peer that answers as systemd's manager does, for
 * tests where no systemd runs: the wire protocol of the D-Bus specification,
 * little endian, as far as these answers need it.
 */
#ifndef T_FAKE_SYSTEMD_H
#define T_FAKE_SYSTEMD_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct fake_unit_t {
    const char *name;
    const char *object; /* the last part of its path */
    const char *description;
    const char *load;
    const char *active;
    const char *file_state; /* NULL: no file */
    const char *user;
    uint32_t pid;
    int32_t exit_status;
    uint64_t exited;
    const char *start_error; /* of StartUnit and StopUnit; NULL: success */
} fake_unit_t;

typedef struct fake_systemd_t {
    const fake_unit_t *units; /* ended by a NULL name */
    char path[108];
    int listener;
    pthread_t thread;
    /* What was called last, to be read when the client has its reply */
    char verb[64];
    char unit[128];
    unsigned details; /* GetAll calls */
} fake_systemd_t;

/* A message that is being written, or read */
typedef struct fake_wire_t {
    unsigned char data[16384];
    size_t used;
} fake_wire_t;

static void fake_align(fake_wire_t *out, size_t to)
{
    while (out->used % to)
        out->data[out->used++] = 0;
}

static void fake_put(fake_wire_t *out, const void *bytes, size_t size)
{
    memcpy(out->data + out->used, bytes, size);
    out->used += size;
}

static void fake_u32(fake_wire_t *out, uint32_t number)
{
    fake_align(out, 4);
    fake_put(out, &number, 4);
}

static void fake_string(fake_wire_t *out, const char *text)
{
    fake_u32(out, (uint32_t)strlen(text));
    fake_put(out, text, strlen(text) + 1);
}

static void fake_signature(fake_wire_t *out, const char *text)
{
    out->data[out->used++] = (unsigned char)strlen(text);
    fake_put(out, text, strlen(text) + 1);
}

/* Begins an array; its length is filled in by fake_end(). */
static size_t fake_begin(fake_wire_t *out, size_t align, size_t *first)
{
    size_t at;
    fake_u32(out, 0);
    at = out->used - 4;
    fake_align(out, align);
    *first = out->used;
    return at;
}

static void fake_end(fake_wire_t *out, size_t at, size_t first)
{
    uint32_t length = (uint32_t)(out->used - first);
    memcpy(out->data + at, &length, 4);
}

static void fake_field(fake_wire_t *out, unsigned char code,
                       const char *signature, const char *text, uint32_t number)
{
    fake_align(out, 8);
    out->data[out->used++] = code;
    fake_signature(out, signature);
    if (*signature == 'u')
        fake_u32(out, number);
    else if (*signature == 'g')
        fake_signature(out, text);
    else
        fake_string(out, text);
}

/* type 2: a reply with this body; 3: the error of this name */
static int fake_send(int peer, unsigned char type, uint32_t to,
                     const char *signature, const char *error,
                     const fake_wire_t *body)
{
    static const unsigned char start[] = {'l', 0, 1, 1};
    fake_wire_t out = {.used = 0};
    size_t at, first;
    fake_put(&out, start, 4);
    out.data[1] = type;
    fake_u32(&out, body ? (uint32_t)body->used : 0);
    fake_u32(&out, to + 1000);
    at = fake_begin(&out, 8, &first);
    fake_field(&out, 5, "u", NULL, to);
    fake_field(&out, 7, "s", "org.freedesktop.systemd1", 0);
    if (error)
        fake_field(&out, 4, "s", error, 0);
    if (signature)
        fake_field(&out, 8, "g", signature, 0);
    fake_end(&out, at, first);
    fake_align(&out, 8);
    if (body)
        fake_put(&out, body->data, body->used);
    return send(peer, out.data, out.used, MSG_NOSIGNAL) == (ssize_t)out.used;
}

static void fake_units(const fake_systemd_t *systemd, fake_wire_t *out)
{
    size_t first, at = fake_begin(out, 8, &first);
    for (const fake_unit_t *unit = systemd->units; unit->name; unit++) {
        char path[128];
        if (!unit->active)
            continue;
        fake_align(out, 8);
        fake_string(out, unit->name);
        fake_string(out, unit->description);
        fake_string(out, unit->load);
        fake_string(out, unit->active);
        fake_string(out, "sub");
        fake_string(out, "");
        snprintf(path, sizeof(path), "/org/freedesktop/systemd1/unit/%s",
                 unit->object);
        fake_string(out, path);
        fake_u32(out, 0);
        fake_string(out, "");
        fake_string(out, "/");
    }
    fake_end(out, at, first);
}

static void fake_files(const fake_systemd_t *systemd, fake_wire_t *out)
{
    size_t first, at = fake_begin(out, 8, &first);
    for (const fake_unit_t *unit = systemd->units; unit->name; unit++) {
        char path[128];
        if (!unit->file_state)
            continue;
        fake_align(out, 8);
        snprintf(path, sizeof(path), "/lib/systemd/system/%s", unit->name);
        fake_string(out, path);
        fake_string(out, unit->file_state);
    }
    fake_end(out, at, first);
}

static void fake_entry(fake_wire_t *out, const char *name,
                       const char *signature)
{
    fake_align(out, 8);
    fake_string(out, name);
    fake_signature(out, signature);
}

static void fake_text(fake_wire_t *out, const char *name, const char *text)
{
    fake_entry(out, name, "s");
    fake_string(out, text);
}

static void fake_number(fake_wire_t *out, const char *name,
                        const char *signature, uint32_t number)
{
    fake_entry(out, name, signature);
    fake_u32(out, number);
}

/* ExecStart: two commands; only the first is the service's. */
static void fake_commands(fake_wire_t *out)
{
    static const char *const words[] = {"/usr/sbin/thing", "-D", "a b"};
    size_t first, at;
    fake_entry(out, "ExecStart", "a(sasbttttuii)");
    at = fake_begin(out, 8, &first);
    for (int command = 0; command < 2; command++) {
        static const char rest[32] = {0};
        size_t inner, args;
        fake_align(out, 8);
        fake_string(out, words[0]);
        args = fake_begin(out, 4, &inner);
        for (int i = 0; i < 3; i++)
            fake_string(out, command ? "second" : words[i]);
        fake_end(out, args, inner);
        fake_u32(out, 0); /* b */
        fake_align(out, 8);
        fake_put(out, rest, 32); /* tttt */
        fake_u32(out, 0);
        fake_u32(out, 0);
        fake_u32(out, 0);
    }
    fake_end(out, at, first);
}

static void fake_details(const fake_unit_t *unit, const char *interface,
                         fake_wire_t *out)
{
    size_t first, at = fake_begin(out, 8, &first);
    if (strstr(interface, ".Unit")) {
        fake_text(out, "Id", unit->name);
        fake_text(out, "Description", unit->description);
        fake_text(out, "ActiveState", unit->active ? unit->active : "inactive");
        fake_text(out, "UnitFileState",
                  unit->file_state ? unit->file_state : "");
        fake_number(out, "CanStop", "b", 1);
    } else {
        fake_text(out, "Type", "simple");
        fake_number(out, "MainPID", "u", unit->pid);
        fake_number(out, "ExecMainStatus", "i", (uint32_t)unit->exit_status);
        fake_entry(out, "ExecMainExitTimestamp", "t");
        fake_align(out, 8);
        fake_put(out, &unit->exited, 8);
        fake_text(out, "User", unit->user ? unit->user : "");
        fake_commands(out);
    }
    fake_end(out, at, first);
}

/* What was called */
typedef struct fake_call_t {
    uint32_t serial;
    char path[256];
    char member[64];
    char argument[128]; /* the first string of the body */
} fake_call_t;

static uint32_t fake_read_u32(const unsigned char *data, size_t at)
{
    uint32_t number;
    memcpy(&number, data + at, 4);
    return number;
}

static int fake_read_all(int peer, void *to, size_t size)
{
    return recv(peer, to, size, MSG_WAITALL) == (ssize_t)size;
}

static int fake_receive(int peer, fake_call_t *call)
{
    fake_wire_t in;
    uint32_t body, fields;
    size_t at = 16, end;
    memset(call, 0, sizeof(*call));
    if (!fake_read_all(peer, in.data, 16))
        return 0;
    body = fake_read_u32(in.data, 4);
    call->serial = fake_read_u32(in.data, 8);
    fields = fake_read_u32(in.data, 12);
    end = 16 + fields;
    in.used = (end + 7) / 8 * 8 + body;
    if (in.used > sizeof(in.data) ||
        !fake_read_all(peer, in.data + 16, in.used - 16))
        return 0;
    while (at < end) {
        unsigned char code = in.data[at];
        char type = (char)in.data[at + 2];
        at += 4; /* code, length 1, type, NUL */
        if (type == 'g') {
            at += in.data[at] + 2u;
        } else {
            uint32_t length = fake_read_u32(in.data, at);
            const char *text = (const char *)in.data + at + 4;
            if (code == 1)
                snprintf(call->path, sizeof(call->path), "%s", text);
            if (code == 3)
                snprintf(call->member, sizeof(call->member), "%s", text);
            at += 4 + (type == 'u' ? 0 : length + 1);
        }
        at = (at + 7) / 8 * 8;
    }
    if (body > 4)
        snprintf(call->argument, sizeof(call->argument), "%s",
                 (const char *)in.data + (end + 7) / 8 * 8 + 4);
    return 1;
}

static const fake_unit_t *fake_find(const fake_systemd_t *systemd,
                                    const char *name, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    for (const fake_unit_t *unit = systemd->units; unit->name; unit++) {
        if (name ? strcmp(unit->name, name) == 0
                 : slash && strcmp(unit->object, slash + 1) == 0)
            return unit;
    }
    return NULL;
}

static int fake_control(fake_systemd_t *systemd, int peer,
                        const fake_call_t *call)
{
    const fake_unit_t *unit = fake_find(systemd, call->argument, NULL);
    const char *error =
        unit ? unit->start_error : "org.freedesktop.systemd1.NoSuchUnit";
    fake_wire_t body = {.used = 0};
    snprintf(systemd->verb, sizeof(systemd->verb), "%s", call->member);
    snprintf(systemd->unit, sizeof(systemd->unit), "%s", call->argument);
    fake_string(&body, error ? "refused" : "/org/freedesktop/systemd1/job/1");
    return fake_send(peer, error ? 3 : 2, call->serial, error ? "s" : "o",
                     error, &body);
}

static int fake_answer(fake_systemd_t *systemd, int peer,
                       const fake_call_t *call)
{
    fake_wire_t body = {.used = 0};
    const char *signature = "s";
    const fake_unit_t *unit;
    if (strcmp(call->member, "StartUnit") == 0 ||
        strcmp(call->member, "StopUnit") == 0)
        return fake_control(systemd, peer, call);
    if (strcmp(call->member, "Hello") == 0) {
        fake_string(&body, ":1.1");
    } else if (strcmp(call->member, "ListUnits") == 0) {
        signature = "a(ssssssouso)";
        fake_units(systemd, &body);
    } else if (strcmp(call->member, "ListUnitFiles") == 0) {
        signature = "a(ss)";
        fake_files(systemd, &body);
    } else if (strcmp(call->member, "GetAll") == 0) {
        systemd->details++;
        unit = fake_find(systemd, NULL, call->path);
        if (!unit)
            return fake_send(peer, 3, call->serial, NULL,
                             "org.freedesktop.systemd1.NoSuchUnit", NULL);
        signature = "a{sv}";
        fake_details(unit, call->argument, &body);
    }
    return fake_send(peer, 2, call->serial, signature, NULL, &body);
}

static void fake_say(int peer, const char *text)
{
    send(peer, text, strlen(text), MSG_NOSIGNAL);
}

/* The text protocol before the first message */
static int fake_authenticate(int peer)
{
    char line[128];
    size_t used = 0;
    char byte;
    while (fake_read_all(peer, &byte, 1)) {
        if (byte != '\n') {
            if (byte != '\0' && byte != '\r' && used < sizeof(line) - 1)
                line[used++] = byte;
            continue;
        }
        line[used] = '\0';
        used = 0;
        if (strcmp(line, "BEGIN") == 0)
            return 1;
        if (strcmp(line, "AUTH EXTERNAL") == 0)
            fake_say(peer, "DATA\r\n");
        else if (strncmp(line, "AUTH", 4) == 0 || strncmp(line, "DATA", 4) == 0)
            fake_say(peer, "OK 0123456789abcdef0123456789abcdef\r\n");
        else if (strcmp(line, "NEGOTIATE_UNIX_FD") == 0)
            fake_say(peer, "AGREE_UNIX_FD\r\n");
        else
            fake_say(peer, "ERROR\r\n");
    }
    return 0;
}

static void *fake_serve(void *data)
{
    fake_systemd_t *systemd = data;
    int peer;
    while ((peer = accept(systemd->listener, NULL, NULL)) >= 0) {
        fake_call_t call;
        if (fake_authenticate(peer)) {
            while (fake_receive(peer, &call) &&
                   fake_answer(systemd, peer, &call))
                continue;
        }
        close(peer);
    }
    return NULL;
}

/* @return 0 if it cannot listen */
static int fake_start(fake_systemd_t *systemd, const char *path,
                      const fake_unit_t *units)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memset(systemd, 0, sizeof(*systemd));
    systemd->units = units;
    snprintf(systemd->path, sizeof(systemd->path), "%s", path);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    systemd->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (systemd->listener < 0 ||
        bind(systemd->listener, (struct sockaddr *)&address, sizeof(address)) !=
            0 ||
        listen(systemd->listener, 4) != 0)
        return 0;
    return pthread_create(&systemd->thread, NULL, fake_serve, systemd) == 0;
}

static void fake_stop(fake_systemd_t *systemd)
{
    shutdown(systemd->listener, SHUT_RDWR);
    pthread_join(systemd->thread, NULL);
    close(systemd->listener);
    unlink(systemd->path);
}

#endif
