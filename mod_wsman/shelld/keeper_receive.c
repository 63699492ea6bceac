/* keeper_receive.c - output on its way to clients.
 *
 * What a Receive gets stays where it is until SETTLE says that it has arrived:
 * whatever dies on the way, the next Receive has it again.
 */
#include "keeper_private.h"

#include <string.h>

#include <apr_strings.h>

/* Output that is followed by more, or by the end, is worth waiting for a
 * little: many clients ask once and take what they get. */
#define LINGER  apr_time_from_msec(20)
#define ABORTED 995u

/* ---- places */

static int is_named(const char *names, const char *name)
{
    const apr_size_t length = strlen(name);

    while (names != NULL && *names != '\0') {
        apr_size_t word;

        names += strspn(names, " \t\r\n");
        word = strcspn(names, " \t\r\n");
        if (word == length && memcmp(names, name, length) == 0)
            return 1;
        names += word;
    }
    return 0;
}

void keeper_place_open(keeper_t *self, place_t *place, command_t *command,
                       apr_pool_t *pool)
{
    const char *const *names = self->kind->output_streams;
    const char *wanted = self->shell.wish->output_streams;
    int count = 0;

    while (names[count] != NULL)
        count++;
    place->command = command;
    place->streams =
        apr_pcalloc(pool, (apr_size_t)count * sizeof(*place->streams));
    for (int i = 0; i < count; i++) {
        keeper_stream_t *stream = &place->streams[place->nstreams];

        if (wanted != NULL && !is_named(wanted, names[i]))
            continue;
        stream->name = names[i];
        stream->place = place;
        stream->bytes.keeps_pieces = self->kind->keeps_pieces;
        place->nstreams++;
    }
}

void keeper_place_close(keeper_t *self, place_t *place)
{
    request_t *waiting = place->waiting;

    if (waiting != NULL)
        keeper_refuse(self, &waiting->call,
                      wsm_shell_fail(waiting->call.pool, WSMAN_E_INTERNAL_ERROR,
                                     ABORTED, "The command was ended"));
    if (place->leasing != NULL)
        place->leasing->place = NULL;
    place->leasing = place->waiting = NULL;
    for (int i = 0; i < place->nstreams; i++)
        stream_clear(&place->streams[i].bytes);
}

static keeper_stream_t *find_stream(place_t *place, const char *name)
{
    for (int i = 0; i < place->nstreams; i++)
        if (strcmp(place->streams[i].name, name) == 0)
            return &place->streams[i];
    return NULL;
}

keeper_stream_t *keeper_shell_stream(keeper_t *self, const char *name)
{
    return find_stream(&self->place, name);
}

keeper_stream_t *keeper_command_stream(keeper_command_t *command,
                                       const char *name)
{
    return find_stream(&((command_t *)(void *)command)->place, name);
}

/* ---- putting */

static int drops(const keeper_t *self)
{
    return self->shell.state == WSM_SHELL_DISCONNECTED &&
           self->shell.buffer == WSM_SHELL_BUFFER_DROP;
}

static apr_size_t limit(const keeper_t *self)
{
    return (apr_size_t)self->shell.policy->limits.buffer;
}

apr_size_t keeper_stream_room(keeper_t *self, const keeper_stream_t *stream)
{
    if (drops(self))
        return limit(self);
    return stream->bytes.length < limit(self)
               ? limit(self) - stream->bytes.length
               : 0;
}

void keeper_stream_put(keeper_t *self, keeper_stream_t *stream,
                       const char *data, apr_size_t length)
{
    if (length == 0 || stream->ended)
        return;
    if (drops(self))
        stream_make_room(&stream->bytes, length, limit(self));
    stream_put(&stream->bytes, data, length);
    stream->was_full = keeper_stream_room(self, stream) == 0;
    keeper_receive_try(self, stream->place);
}

void keeper_stream_end(keeper_t *self, keeper_stream_t *stream)
{
    stream->ended = 1;
    keeper_receive_try(self, stream->place);
}

/* ---- getting */

static int is_wanted(const request_t *request, const keeper_stream_t *stream)
{
    const wsm_shell_wanted_t *wanted = &request->asked.wanted;

    for (int i = 0; i < wanted->nstreams; i++)
        if (strcmp(wanted->streams[i], stream->name) == 0)
            return 1;
    return wanted->nstreams == 0;
}

static apr_size_t most_of(const request_t *request)
{
    const apr_size_t most = request->asked.wanted.most;
    const apr_size_t bound = WSM_SHELL_MAX_MESSAGE / 2;

    if (most == 0)
        return 1;
    return most < bound ? most : bound;
}

/** What of the wanted streams waits; whether all of them are over. */
static apr_size_t look(const request_t *request, int *over)
{
    const place_t *place = request->place;
    apr_size_t length = 0;

    *over = place->command != NULL && place->command->command.done;
    for (int i = 0; i < place->nstreams; i++) {
        const keeper_stream_t *stream = &place->streams[i];

        if (!is_wanted(request, stream))
            continue;
        length += stream->bytes.length;
        *over = *over && stream->ended;
    }
    return length;
}

static void write_piece(request_t *request, keeper_stream_t *stream,
                        apr_size_t length)
{
    wsm_shell_message_t *message = &request->answer;
    const command_t *command = request->place->command;
    wsm_shell_piece_t piece = {stream->name, NULL, {NULL, 0}, 0};

    if (command != NULL)
        piece.command_id = command->command.id;
    wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
    if (length > 0)
        stream_lease(&stream->bytes, length, message);
    piece.end = stream->ended && !stream->end_told && !stream->end_leased &&
                stream->bytes.leased == stream->bytes.length;
    stream->end_leased = stream->end_leased || piece.end;
    wsm_shell_piece_write(message, &piece);
}

/** What a piece may have of what is left of a reply. */
static apr_size_t room_in(apr_size_t most, int is_first)
{
    if (most > WSM_SHELL_PIECE_COST)
        return most - WSM_SHELL_PIECE_COST;
    return is_first ? 1 : 0;
}

/** @return what is left of `most` */
static apr_size_t write_stream(request_t *request, keeper_stream_t *stream,
                               apr_size_t most, int *is_first)
{
    apr_size_t length, room;

    while ((room = room_in(most, *is_first)) > 0 &&
           (length = stream_offer(&stream->bytes, room, *is_first)) > 0) {
        write_piece(request, stream, length);
        *is_first = 0;
        most = length < room ? room - length : 0;
    }
    if (stream->ended && !stream->end_told && !stream->end_leased &&
        stream->bytes.leased == stream->bytes.length)
        write_piece(request, stream, 0);
    return most;
}

/** What the wanted streams cost a reply. */
static apr_size_t cost_of(const request_t *request)
{
    const place_t *place = request->place;
    apr_size_t cost = 0;

    for (int i = 0; i < place->nstreams; i++)
        if (is_wanted(request, &place->streams[i]))
            cost += stream_cost(&place->streams[i].bytes);
    return cost;
}

static void write_done(request_t *request)
{
    wsm_shell_message_t *message = &request->answer;
    const keeper_command_t *command = &request->place->command->command;

    request->done_leased = 1;
    wsm_shell_message_number(message, WSM_SHELL_F_DONE, 1);
    if (!command->has_exit_code)
        return;
    wsm_shell_message_number(message, WSM_SHELL_F_FLAG, 1);
    wsm_shell_message_number(message, WSM_SHELL_F_EXIT_CODE,
                             command->exit_code);
}

/** Where not all fits, they take turns to be first: one that is never empty
 *  shall not hold up the others. */
static void write_streams(request_t *request, apr_size_t most, int all_fit)
{
    place_t *place = request->place;
    const int first = all_fit ? 0 : place->turn;
    int is_first = 1;

    if (!all_fit)
        place->turn = (first + 1) % place->nstreams;
    for (int i = 0; i < place->nstreams; i++) {
        keeper_stream_t *stream =
            &place->streams[(first + i) % place->nstreams];

        if (is_wanted(request, stream))
            most = write_stream(request, stream, most, &is_first);
    }
}

static void answer(request_t *request, int over)
{
    place_t *place = request->place;
    const apr_size_t most = most_of(request);
    const int all_fit = cost_of(request) <= most;

    wsm_shell_message_begin(&request->answer, WSM_SHELL_M_OUTPUT,
                            request->call.pool);
    if (over && all_fit)
        write_done(request);
    write_streams(request, most, all_fit);
    (void)wsm_shell_message_end(&request->answer);
    place->waiting = NULL;
    place->leasing = request;
    keeper_request_send(request);
}

/** So much is sent at once: half of what can be. */
static apr_size_t plenty(const keeper_t *self, const request_t *request)
{
    const apr_size_t most = most_of(request);

    return (most < limit(self) ? most : limit(self)) / 2;
}

void keeper_receive_try(keeper_t *self, place_t *place)
{
    request_t *request = place->waiting;
    const apr_time_t now = loop_now();
    apr_size_t length;
    int over;

    if (request == NULL || place->leasing != NULL)
        return;
    length = look(request, &over);
    if (length == 0 && !over)
        return;
    if (!over && length < plenty(self, request)) {
        if (request->linger == 0)
            request->linger = now + LINGER;
        if (request->linger > now)
            return;
    }
    answer(request, over);
}

static wsm_error_t *check_wanted(request_t *request, const place_t *place)
{
    const wsm_shell_wanted_t *wanted = &request->asked.wanted;

    for (int i = 0; i < wanted->nstreams; i++)
        if (find_stream((place_t *)(apr_uintptr_t)place, wanted->streams[i]) ==
            NULL)
            return wsm_shell_fail(request->call.pool,
                                  WSMAN_E_PARAMETER_INVALID_VALUE, 2150859149u,
                                  "The shell has no output stream %s",
                                  wanted->streams[i]);
    return NULL;
}

void keeper_receive(keeper_t *self, request_t *request)
{
    const char *id = request->asked.wanted.command_id;
    keeper_command_t *command =
        id != NULL ? keeper_command_find(self, id) : NULL;
    place_t *place =
        command != NULL ? &((command_t *)(void *)command)->place : &self->place;
    wsm_error_t *err;

    if (id != NULL ? command == NULL : !self->kind->has_shell_streams)
        err = keeper_no_command(request->call.pool);
    else
        err = check_wanted(request, place);
    if (err != NULL) {
        keeper_refuse(self, &request->call, err);
        return;
    }
    if (place->waiting != NULL)
        keeper_refuse(self, &place->waiting->call,
                      wsm_shell_fail(place->waiting->call.pool,
                                     WSMAN_E_INTERNAL_ERROR, ABORTED,
                                     "A later Receive took its place"));
    request->call.command = command;
    request->place = place;
    place->waiting = request;
    keeper_receive_try(self, place);
}

/* ---- what became of it */

void keeper_settle(keeper_t *self, request_t *request, int is_sent)
{
    place_t *place = request->place;

    if (place == NULL || place->leasing != request)
        return;
    place->leasing = NULL;
    for (int i = 0; i < place->nstreams; i++) {
        keeper_stream_t *stream = &place->streams[i];

        stream_settle(&stream->bytes, is_sent);
        stream->end_told = stream->end_told || (is_sent && stream->end_leased);
        stream->end_leased = 0;
        if (stream->was_full && keeper_stream_room(self, stream) > 0) {
            stream->was_full = 0;
            if (self->kind->room != NULL)
                self->kind->room(self, stream);
        }
    }
    if (is_sent && request->done_leased && place->command != NULL) {
        place->command->fetched = 1;
        if (self->kind->fetched != NULL)
            self->kind->fetched(self, &place->command->command);
    }
    keeper_receive_try(self, place);
}
