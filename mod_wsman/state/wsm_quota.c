/* wsm_quota.c - the table: sets of eight slots; places with what is under way.
 */
#include "wsm_quota.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_siphash.h>

/* A key belongs into one set, whichever slot of it. */
#define WAYS 8

typedef struct slot_t {
    apr_uint64_t key;      /* 0: free */
    apr_uint64_t arrival;  /* when the next one would come if all came
                              evenly; microseconds */
    apr_uint64_t failures; /* seconds of the first, and how many: see pack() */
    apr_uint32_t active;
    apr_uint32_t seen; /* seconds */
} slot_t;

typedef struct set_t {
    apr_uint32_t lock; /* the process that puts a key into it, or 0 */
    slot_t slots[WAYS];
} set_t;

struct wsm_quota_t {
    unsigned char secret[APR_SIPHASH_KSIZE];
    wsm_quota_bounds_t bounds;
    apr_uint32_t swept; /* when dead processes were looked for: seconds */
    apr_uint64_t crowded;
    slot_t others;       /* of all keys without slot */
    apr_uint32_t *pids;  /* of places; 0: free */
    apr_uint32_t *holds; /* of all places: a slot's number, or 0 */
    set_t sets[];
};

/* Numbers of slots in holds: 1 is `others`, then come those of the sets. */
#define OTHERS     1
#define FIRST_SLOT 2

#define LOAD(field)        __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define STORE(field, what) __atomic_store_n(&(field), (what), __ATOMIC_RELEASE)
#define SWAP(field, what)                                                      \
    __atomic_exchange_n(&(field), (what), __ATOMIC_ACQ_REL)
#define CHANGE(field, from, to)                                                \
    __atomic_compare_exchange_n(&(field), (from), (to), 0, __ATOMIC_ACQ_REL,   \
                                __ATOMIC_ACQUIRE)

static apr_uint32_t nsets(const wsm_quota_bounds_t *bounds)
{
    return bounds->slots / WAYS;
}

static apr_size_t holds_size(const wsm_quota_bounds_t *bounds)
{
    return (apr_size_t)bounds->places * bounds->holds * sizeof(apr_uint32_t);
}

apr_size_t wsm_quota_size(const wsm_quota_bounds_t *bounds)
{
    return sizeof(wsm_quota_t) + nsets(bounds) * sizeof(set_t) +
           bounds->places * sizeof(apr_uint32_t) + holds_size(bounds);
}

wsm_quota_t *wsm_quota_make(void *memory, const wsm_quota_bounds_t *bounds)
{
    wsm_quota_t *self = memory;

    apr_generate_random_bytes(self->secret, sizeof(self->secret));
    self->bounds = *bounds;
    self->pids = (apr_uint32_t *)(void *)&self->sets[nsets(bounds)];
    self->holds = self->pids + bounds->places;
    return self;
}

apr_uint64_t wsm_quota_key(const wsm_quota_t *self, char kind,
                           const char *where, const char *who)
{
    const char *const texts[] = {where ? where : "", who ? who : ""};
    const char kinds[1] = {kind};
    apr_uint64_t parts[3], key;
    int i;

    parts[0] = apr_siphash24(kinds, 1, self->secret);
    for (i = 0; i < 2; i++)
        parts[i + 1] = apr_siphash24(texts[i], strlen(texts[i]), self->secret);
    key = apr_siphash24(parts, sizeof(parts), self->secret);
    return key ? key : 1;
}

/* ---- slots */

static apr_uint32_t seconds(apr_time_t now)
{
    return (apr_uint32_t)apr_time_sec(now);
}

static set_t *set_of(const wsm_quota_t *self, apr_uint64_t key)
{
    return (set_t *)&self->sets[(key >> 32) & (nsets(&self->bounds) - 1)];
}

static slot_t *find_in(set_t *set, apr_uint64_t key)
{
    int i;

    for (i = 0; i < WAYS; i++) {
        if (LOAD(set->slots[i].key) == key)
            return &set->slots[i];
    }
    return NULL;
}

static int is_alive(apr_uint32_t pid)
{
    return kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

static void lock(set_t *set)
{
    apr_uint32_t own = (apr_uint32_t)getpid();
    apr_uint32_t owner = 0;
    unsigned tries;

    for (tries = 1; !CHANGE(set->lock, &owner, own); tries++) {
        if (tries % 64 != 0)
            owner = 0;
        else if (owner == own || is_alive(owner)) {
            sched_yield();
            owner = 0;
        }
        /* else its owner has died: it is taken from it */
    }
}

/* Nothing is lost with a free slot; little with one that was long unused. */
static slot_t *choose(set_t *set)
{
    slot_t *best = NULL;
    int i;

    for (i = 0; i < WAYS; i++) {
        slot_t *slot = &set->slots[i];

        if (LOAD(slot->key) == 0)
            return slot;
        if (LOAD(slot->active) == 0 &&
            (best == NULL || LOAD(slot->seen) < LOAD(best->seen)))
            best = slot;
    }
    return best;
}

static slot_t *insert(wsm_quota_t *self, set_t *set, apr_uint64_t key)
{
    slot_t *slot;

    lock(set);
    slot = find_in(set, key);
    if (slot == NULL) {
        slot = choose(set);
        if (slot != NULL) {
            STORE(slot->key, 0);
            STORE(slot->arrival, 0);
            STORE(slot->failures, 0);
            STORE(slot->key, key);
        }
    }
    STORE(set->lock, 0);
    if (slot != NULL)
        return slot;
    __atomic_fetch_add(&self->crowded, 1, __ATOMIC_RELAXED);
    return &self->others;
}

static slot_t *slot_of(wsm_quota_t *self, apr_uint64_t key, apr_time_t now)
{
    set_t *set = set_of(self, key);
    slot_t *slot = find_in(set, key);

    if (slot == NULL)
        slot = insert(self, set, key);
    if (LOAD(slot->seen) != seconds(now))
        STORE(slot->seen, seconds(now));
    return slot;
}

/* Another key may have taken it meanwhile. */
static int is_still(const wsm_quota_t *self, const slot_t *slot,
                    apr_uint64_t key)
{
    return slot == &self->others || LOAD(slot->key) == key;
}

/* ---- what is under way */

static apr_uint32_t number_of(const wsm_quota_t *self, const slot_t *slot)
{
    const char *at = (const char *)slot;
    const char *first = (const char *)self->sets;
    apr_size_t set;

    if (slot == &self->others)
        return OTHERS;
    set = (apr_size_t)(at - first) / sizeof(set_t);
    return FIRST_SLOT + (apr_uint32_t)(set * WAYS) +
           (apr_uint32_t)(slot - self->sets[set].slots);
}

static slot_t *slot_at(wsm_quota_t *self, apr_uint32_t number)
{
    if (number == OTHERS)
        return &self->others;
    number -= FIRST_SLOT;
    return &self->sets[number / WAYS].slots[number % WAYS];
}

/* Never below zero: a process may have died between writing down what it
 * begins and counting it. */
static void uncount(slot_t *slot)
{
    apr_uint32_t active = LOAD(slot->active);

    while (active > 0 && !CHANGE(slot->active, &active, active - 1))
        ;
}

static int count(slot_t *slot, apr_uint32_t most)
{
    apr_uint32_t active = LOAD(slot->active);

    while (active < most) {
        if (CHANGE(slot->active, &active, active + 1))
            return 1;
    }
    return 0;
}

void wsm_quota_end(wsm_quota_t *self, int hold)
{
    apr_uint32_t number;

    if (hold == WSM_QUOTA_NONE)
        return;
    number = SWAP(self->holds[hold], 0);
    if (number != 0)
        uncount(slot_at(self, number));
}

static void end_all(wsm_quota_t *self, apr_uint32_t place)
{
    apr_uint32_t i;

    for (i = 0; i < self->bounds.holds; i++)
        wsm_quota_end(self, (int)(place * self->bounds.holds + i));
}

/* @return true if it was nobody's, and is this process' now */
static int take_place(wsm_quota_t *self, apr_uint32_t place, int free_too)
{
    apr_uint32_t own = (apr_uint32_t)getpid();
    apr_uint32_t pid = LOAD(self->pids[place]);

    if (pid == own || (pid == 0 ? !free_too : is_alive(pid)) ||
        !CHANGE(self->pids[place], &pid, own))
        return 0;
    end_all(self, place);
    return 1;
}

int wsm_quota_enter(wsm_quota_t *self)
{
    apr_uint32_t place;

    for (place = 0; place < self->bounds.places; place++) {
        if (take_place(self, place, 1))
            return (int)place;
    }
    return WSM_QUOTA_NONE;
}

void wsm_quota_leave(wsm_quota_t *self, int place)
{
    if (place == WSM_QUOTA_NONE ||
        LOAD(self->pids[place]) != (apr_uint32_t)getpid())
        return;
    end_all(self, (apr_uint32_t)place);
    STORE(self->pids[place], 0);
}

/* What dead processes have left, at most once a second.
 * @return true if it was looked for */
static int sweep(wsm_quota_t *self, apr_time_t now)
{
    apr_uint32_t last = LOAD(self->swept);
    apr_uint32_t place;

    if (last == seconds(now) || !CHANGE(self->swept, &last, seconds(now)))
        return 0;
    for (place = 0; place < self->bounds.places; place++) {
        if (take_place(self, place, 0))
            STORE(self->pids[place], 0);
    }
    return 1;
}

static int write_down(wsm_quota_t *self, int place, apr_uint32_t number)
{
    apr_uint32_t first = (apr_uint32_t)place * self->bounds.holds;
    apr_uint32_t i;

    for (i = 0; i < self->bounds.holds; i++) {
        apr_uint32_t none = 0;

        if (LOAD(self->holds[first + i]) == 0 &&
            CHANGE(self->holds[first + i], &none, number))
            return (int)(first + i);
    }
    return WSM_QUOTA_NONE;
}

/* Written down first, then counted: who dies in between has counted less than
 * there is for a moment, not more for ever. */
static int begin(wsm_quota_t *self, int place, apr_uint64_t key,
                 apr_uint32_t most, apr_time_t now)
{
    for (;;) {
        slot_t *slot = slot_of(self, key, now);
        int hold = write_down(self, place, number_of(self, slot));

        if (hold == WSM_QUOTA_NONE)
            return hold;
        if (!count(slot, most)) {
            STORE(self->holds[hold], 0);
            return WSM_QUOTA_NONE;
        }
        if (is_still(self, slot, key))
            return hold;
        wsm_quota_end(self, hold);
    }
}

int wsm_quota_begin(wsm_quota_t *self, int place, apr_uint64_t key,
                    apr_uint32_t most, apr_time_t now)
{
    int hold;

    if (place == WSM_QUOTA_NONE)
        return WSM_QUOTA_NONE;
    hold = begin(self, place, key, most, now);
    if (hold == WSM_QUOTA_NONE && sweep(self, now))
        hold = begin(self, place, key, most, now);
    return hold;
}

apr_uint32_t wsm_quota_active(const wsm_quota_t *self, apr_uint64_t key)
{
    const slot_t *slot = find_in(set_of(self, key), key);

    return slot ? LOAD(slot->active) : 0;
}

/* ---- how many in a second */

/* As if each took its part of a second from the one before: as long as the
 * last of them would be done within a second from now, there is room. */
int wsm_quota_pass(wsm_quota_t *self, apr_uint64_t key, apr_uint32_t rate,
                   apr_time_t now)
{
    slot_t *slot = slot_of(self, key, now);
    const apr_uint64_t second = APR_USEC_PER_SEC;
    apr_uint64_t arrival = LOAD(slot->arrival);
    apr_uint64_t next;

    do {
        next = arrival > (apr_uint64_t)now ? arrival : (apr_uint64_t)now;
        next += second / rate;
        /* What is later than that was written by a clock that was set back. */
        if (arrival > (apr_uint64_t)now + second)
            next = (apr_uint64_t)now + second / rate;
        else if (next > (apr_uint64_t)now + second)
            return 0;
    } while (!CHANGE(slot->arrival, &arrival, next));
    return 1;
}

/* ---- failures */

static apr_uint64_t pack(apr_uint32_t since, apr_uint32_t number)
{
    return ((apr_uint64_t)since << 32) | number;
}

/* @return how many there are in this window; 0 when it is over */
static apr_uint32_t unpack(apr_uint64_t packed, apr_interval_time_t window,
                           apr_time_t now)
{
    apr_time_t since = apr_time_from_sec((apr_time_t)(packed >> 32));

    return now >= since + window || now + window < since ? 0
                                                         : (apr_uint32_t)packed;
}

apr_uint32_t wsm_quota_fail(wsm_quota_t *self, apr_uint64_t key,
                            const wsm_quota_failures_t *failures,
                            apr_time_t now)
{
    slot_t *slot = slot_of(self, key, now);
    apr_uint64_t old = LOAD(slot->failures);
    apr_uint32_t number, since;

    do {
        number = unpack(old, failures->window, now);
        since = number == 0 || number + 1 == failures->most
                    ? seconds(now)
                    : (apr_uint32_t)(old >> 32);
        if (number < failures->most)
            number++;
    } while (!CHANGE(slot->failures, &old, pack(since, number)));
    return number;
}

apr_interval_time_t wsm_quota_barred(const wsm_quota_t *self, apr_uint64_t key,
                                     const wsm_quota_failures_t *failures,
                                     apr_time_t now)
{
    const slot_t *slot = find_in(set_of(self, key), key);
    apr_uint64_t packed = slot ? LOAD(slot->failures) : 0;

    if (unpack(packed, failures->window, now) < failures->most)
        return 0;
    return apr_time_from_sec((apr_time_t)(packed >> 32)) + failures->window -
           now;
}

/* ---- the table itself */

apr_uint32_t wsm_quota_taken(const wsm_quota_t *self)
{
    apr_uint32_t taken = 0, i;
    int j;

    for (i = 0; i < nsets(&self->bounds); i++) {
        for (j = 0; j < WAYS; j++)
            taken += LOAD(self->sets[i].slots[j].key) != 0;
    }
    return taken;
}

apr_uint64_t wsm_quota_crowded(const wsm_quota_t *self)
{
    return __atomic_load_n(&self->crowded, __ATOMIC_RELAXED);
}
