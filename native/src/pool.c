/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pool.c - spin-then-park workers. Every worker owns one slot, a word that says what the worker does:
 *
 *   idle -> posted (by the caller) -> running (by the worker) -> idle
 *   posted -> idle when the caller, done with its own part, takes the part back before the worker saw it
 *   idle -> parked when the worker gave up spinning; running -> awaited when the caller did
 *
 * The caller leaves only when no worker runs, so the job may live in one shared struct.
 */
#define _GNU_SOURCE
#include "pool.h"

#include "park.h"
#include "parts.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum slot_state { SLOT_IDLE, SLOT_POSTED, SLOT_RUNNING, SLOT_PARKED, SLOT_AWAITED };

/*
 * Long enough for the next kernel of a training step to arrive: some 30 us pass between two of them, more before a process
 * is warm. It ends soon enough for other processes, which also come first at each yield.
 */
#define SPIN_NANOSECONDS 100000
#define SPINS_PER_YIELD 50
/* What one core may be late by when all others are done, as a share of its work; more chunks cost more beginnings. */
#define CHUNKS_PER_PART 16

/* What a worker needs to begin comes with its state, in one line: between cores far apart each line takes 0.2 microseconds. */
struct slot {
    _Alignas(128) _Atomic uint32_t state;
    gatun_part_fn fn;
    void *argument;
};

static struct {
    _Alignas(128) atomic_flag busy;
    int32_t cpus;
    _Alignas(128) _Atomic int32_t workers;
    _Atomic bool spinning;
    struct slot slots[GATUN_MAX_THREADS];
} pool = {.busy = ATOMIC_FLAG_INIT};

static inline void pause_cpu(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static int64_t now_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Spins until the state is (or, for wanted false, is no longer) the given one, or until it is time to park. */
static bool spin_until(_Atomic uint32_t *state, uint32_t value, bool wanted) {
    if (!atomic_load_explicit(&pool.spinning, memory_order_relaxed)) {
        return (atomic_load_explicit(state, memory_order_acquire) == value) == wanted;
    }
    int64_t end = 0;
    for (;;) {
        for (int i = 0; i < SPINS_PER_YIELD; i++) {
            if ((atomic_load_explicit(state, memory_order_acquire) == value) == wanted) {
                return true;
            }
            pause_cpu();
        }
        /* Under load the awaited thread may be behind this one on the same core. */
        sched_yield();
        int64_t now = now_nanoseconds();
        if (end == 0) {
            end = now + SPIN_NANOSECONDS;
        } else if (now > end) {
            return false;
        }
    }
}

static void *worker(void *argument) {
    struct slot *slot = argument;
    int32_t part = (int32_t)(slot - pool.slots);
    bool late = false; /* the cores are busy with other work, so spinning would only take time from the caller */
    for (;;) {
        if (late || !spin_until(&slot->state, SLOT_POSTED, true)) {
            uint32_t idle = SLOT_IDLE;
            if (atomic_compare_exchange_strong(&slot->state, &idle, SLOT_PARKED)) {
                while (atomic_load(&slot->state) == SLOT_PARKED) {
                    park_wait(&slot->state, SLOT_PARKED);
                }
            }
        }
        uint32_t posted = SLOT_POSTED;
        late = !atomic_compare_exchange_strong(&slot->state, &posted, SLOT_RUNNING);
        if (late) {
            continue; /* the caller took the part back */
        }
        slot->fn(slot->argument, part);
        if (atomic_exchange(&slot->state, SLOT_IDLE) == SLOT_AWAITED) {
            park_wake(&slot->state);
        }
    }
    return NULL;
}

/* A forked child has none of the workers. */
static void forget_workers(void) {
    atomic_store(&pool.workers, 0);
    for (int i = 0; i < GATUN_MAX_THREADS; i++) {
        atomic_store(&pool.slots[i].state, SLOT_IDLE);
    }
    atomic_flag_clear(&pool.busy);
}

static int32_t online_cpus(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return CPU_COUNT(&set);
    }
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int32_t)n;
}

static bool start_worker(int32_t index) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Signals are for the threads of the host, except faults, which a JVM turns into its crash report. */
    sigset_t blocked, old;
    sigfillset(&blocked);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGBUS);
    sigdelset(&blocked, SIGILL);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGABRT);
    sigdelset(&blocked, SIGTRAP);
    pthread_sigmask(SIG_SETMASK, &blocked, &old);
    pthread_t thread;
    bool started = pthread_create(&thread, &attributes, worker, &pool.slots[index]) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

/* Called by the owner of the pool only. Returns how many workers can be used. */
static int32_t ensure_workers(int32_t wanted) {
    int32_t workers = atomic_load_explicit(&pool.workers, memory_order_relaxed);
    if (workers >= wanted) {
        return wanted;
    }
    if (pool.cpus == 0) {
        pool.cpus = online_cpus();
        pthread_atfork(NULL, NULL, forget_workers);
    }
    while (workers < wanted && start_worker(workers + 1)) {
        atomic_store(&pool.workers, ++workers);
    }
    return workers;
}

static void await_done(_Atomic uint32_t *state) {
    while (!spin_until(state, SLOT_RUNNING, false)) {
        uint32_t running = SLOT_RUNNING;
        if (atomic_compare_exchange_strong(state, &running, SLOT_AWAITED)) {
            while (atomic_load(state) == SLOT_AWAITED) {
                park_wait(state, SLOT_AWAITED);
            }
        }
    }
}

void gatun_pool_run(int32_t parts, gatun_part_fn fn, void *argument) {
    if (parts <= 1 || atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) {
        for (int32_t part = 0; part < parts; part++) {
            fn(argument, part);
        }
        return;
    }
    int32_t workers = ensure_workers(parts - 1);
    const bool spinning = parts <= pool.cpus;
    if (atomic_load_explicit(&pool.spinning, memory_order_relaxed) != spinning) {
        atomic_store_explicit(&pool.spinning, spinning, memory_order_relaxed);
    }
    for (int32_t i = 1; i <= workers; i++) {
        struct slot *slot = &pool.slots[i];
        slot->fn = fn, slot->argument = argument;
        if (atomic_exchange(&slot->state, SLOT_POSTED) == SLOT_PARKED) {
            park_wake(&slot->state);
        }
    }
    fn(argument, 0);
    for (int32_t part = workers + 1; part < parts; part++) {
        fn(argument, part);
    }
    for (int32_t i = 1; i <= workers; i++) {
        uint32_t posted = SLOT_POSTED;
        /* looked at first: an exchange, even one that fails, would take the line from the worker, which soon writes to it */
        if (atomic_load(&pool.slots[i].state) == posted
            && atomic_compare_exchange_strong(&pool.slots[i].state, &posted, SLOT_IDLE)) {
            fn(argument, i);
        }
    }
    for (int32_t i = 1; i <= workers; i++) {
        await_done(&pool.slots[i].state);
    }
    atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

void gatun_share_begin(struct gatun_share *share, int64_t units, int64_t least, int32_t parts, int32_t step) {
    const int32_t ranges = parts / step;
    const int64_t wanted = units / ((int64_t)ranges * CHUNKS_PER_PART);
    share->units = units;
    share->chunk = ranges == 1 ? GATUN_MAX(units, 1) : (GATUN_MAX(wanted, 1) + least - 1) / least * least;
    share->parts = parts;
    share->step = step;
    for (int32_t part = 0; part < parts; part++) {
        atomic_init(&share->ranges[part].next, part_begin(units, ranges, part / step));
    }
}

int gatun_share_take(struct gatun_share *share, int32_t part, int64_t *first, int64_t *last) {
    const int32_t ranges = share->parts / share->step;
    for (int32_t i = 0, owner = part; i < ranges; i++) {
        const int64_t end = part_begin(share->units, ranges, owner / share->step + 1);
        _Atomic int64_t *next = &share->ranges[owner].next;
        if (atomic_load_explicit(next, memory_order_relaxed) < end) {
            const int64_t at = atomic_fetch_add_explicit(next, share->chunk, memory_order_relaxed);
            if (at < end) {
                *first = at;
                *last = GATUN_MIN(at + share->chunk, end);
                return 1;
            }
        }
        owner += share->step;
        owner = owner < share->parts ? owner : owner - share->parts;
    }
    return 0;
}

int32_t gatun_pool_workers(void) {
    return atomic_load(&pool.workers);
}
