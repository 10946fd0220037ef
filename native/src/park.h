/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * park.h - lets a thread sleep until a word of memory changes: a futex on Linux, a shared condition elsewhere.
 */
#ifndef GATUN_PARK_H
#define GATUN_PARK_H

#include <stdatomic.h>
#include <stdint.h>

#if defined(__linux__)

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns at once if the word differs from expected; may also return for no reason. */
static inline void park_wait(_Atomic uint32_t *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static inline void park_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

#else

#include <pthread.h>

static pthread_mutex_t park_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t park_condition = PTHREAD_COND_INITIALIZER;

static inline void park_wait(_Atomic uint32_t *word, uint32_t expected) {
    pthread_mutex_lock(&park_mutex);
    if (atomic_load(word) == expected) {
        pthread_cond_wait(&park_condition, &park_mutex);
    }
    pthread_mutex_unlock(&park_mutex);
}

static inline void park_wake(_Atomic uint32_t *word) {
    (void)word;
    pthread_mutex_lock(&park_mutex);
    pthread_cond_broadcast(&park_condition);
    pthread_mutex_unlock(&park_mutex);
}

#endif
#endif
