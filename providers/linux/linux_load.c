/* linux_load.c - how busy processors are: the difference of two samples of
 * /proc/stat.
 *
 * WMI means the last second.  A sample that was taken a quarter of a second to
 * ten seconds ago, by an earlier call, is a good beginning; if there is none,
 * one is taken now and the call waits.
 */
#include <stdio.h>
#include <string.h>

#include <apr_thread_mutex.h>

#include "linux_provider.h"

#define SHORTEST (APR_USEC_PER_SEC / 4)
#define LONGEST  (APR_USEC_PER_SEC * 10)
#define SLICE    (APR_USEC_PER_SEC / 20)
#define MAX_CPUS 4096

typedef struct ticks_t {
    apr_uint64_t busy;
    apr_uint64_t total;
} ticks_t;

typedef struct sample_t {
    apr_time_t when; /* 0: none */
    unsigned count;
    ticks_t *cpus;
} sample_t;

struct linux_load_t {
    apr_thread_mutex_t *lock;
    sample_t last;
    unsigned room;
};

/* "cpu3 user nice system idle iowait irq softirq steal guest guest_nice";
 * guest time is in user and nice already. */
static void read_line(const char *line, sample_t *sample, unsigned room)
{
    unsigned long long t[8] = {0};
    unsigned number;
    if (sscanf(line, "cpu%u %llu %llu %llu %llu %llu %llu %llu %llu", &number,
               &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 5 ||
        number >= room)
        return;
    for (int i = 0; i < 8; i++)
        sample->cpus[number].total += t[i];
    sample->cpus[number].busy = sample->cpus[number].total - t[3] - t[4];
    if (number >= sample->count)
        sample->count = number + 1;
}

static void take(const linux_t *system, sample_t *sample, unsigned room,
                 apr_pool_t *pool)
{
    const char *text =
        linux_file_read(system, "/proc/stat", LINUX_FILE_LIMIT, NULL, pool);
    sample->cpus = apr_pcalloc(pool, sizeof(ticks_t) * room);
    sample->count = 0;
    sample->when = text ? apr_time_now() : 0;
    while (text && *text) {
        if (strncmp(text, "cpu", 3) == 0 && text[3] != ' ')
            read_line(text, sample, room);
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
}

linux_load_t *linux_load_make(const linux_t *system, apr_pool_t *pool)
{
    linux_load_t *load = apr_pcalloc(pool, sizeof(*load));
    sample_t sample;
    apr_pool_t *scratch;
    if (apr_thread_mutex_create(&load->lock, APR_THREAD_MUTEX_DEFAULT, pool) !=
            APR_SUCCESS ||
        apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return NULL;
    take(system, &sample, MAX_CPUS, scratch);
    /* Room for processors that come later */
    load->room = sample.count * 2 < 64 ? 64 : sample.count * 2;
    load->last.cpus = apr_pcalloc(pool, sizeof(ticks_t) * load->room);
    apr_pool_destroy(scratch);
    return load;
}

/* The last sample if it is of use, and keeps this one for the next caller. */
static int exchange(linux_load_t *load, const sample_t *now, sample_t *before)
{
    apr_time_t age;
    int good;
    apr_thread_mutex_lock(load->lock);
    age = now->when - load->last.when;
    good = load->last.when && age >= SHORTEST && age <= LONGEST;
    if (good) {
        before->when = load->last.when;
        before->count = load->last.count;
        memcpy(before->cpus, load->last.cpus, sizeof(ticks_t) * load->room);
    }
    if (!load->last.when || age >= SHORTEST || age < 0) {
        load->last.when = now->when;
        load->last.count = now->count;
        memcpy(load->last.cpus, now->cpus, sizeof(ticks_t) * load->room);
    }
    apr_thread_mutex_unlock(load->lock);
    return good;
}

static const unsigned char *difference(const sample_t *before,
                                       const sample_t *now, apr_pool_t *pool)
{
    unsigned char *loads = apr_palloc(pool, now->count + 1);
    for (unsigned i = 0; i < now->count; i++) {
        apr_uint64_t total = now->cpus[i].total - before->cpus[i].total;
        apr_uint64_t busy = now->cpus[i].busy - before->cpus[i].busy;
        loads[i] = LINUX_LOAD_UNKNOWN;
        if (i < before->count && before->cpus[i].total &&
            now->cpus[i].total > before->cpus[i].total && busy <= total)
            loads[i] = (unsigned char)((busy * 100 + total / 2) / total);
    }
    return loads;
}

const unsigned char *linux_load_measure(const linux_t *system,
                                        const wsman_call_t *call,
                                        unsigned *count, apr_pool_t *pool)
{
    linux_load_t *load = system->load;
    sample_t before, now;
    if (!load)
        return NULL;
    before.cpus = apr_pcalloc(pool, sizeof(ticks_t) * load->room);
    take(system, &now, load->room, pool);
    if (!now.when)
        return NULL;
    if (!exchange(load, &now, &before)) {
        before = now;
        while (apr_time_now() - before.when < SHORTEST) {
            if (wsman_cancelled(call))
                return NULL;
            apr_sleep(SLICE);
        }
        take(system, &now, load->room, pool);
        exchange(load, &now,
                 &(sample_t){
                     .cpus = apr_pcalloc(pool, sizeof(ticks_t) * load->room)});
    }
    *count = now.count;
    return difference(&before, &now, pool);
}
