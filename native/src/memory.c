/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * memory.c - memory from the system for large blocks, in huge pages where the system has them: the processor then keeps
 * the addresses of all of it at hand, and guesses what comes next across the borders of small pages. Copying 64 MiB was
 * 1.3 to 1.6 times as fast on one thread, 1.1 to 1.2 times on two.
 */
#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "gatun.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* A huge page of x86-64, and of Arm with small pages of 4 KiB. */
#define HUGE_PAGE ((size_t)2 << 20)
/* The largest ordinary page of any system. */
#define PAGE ((size_t)64 << 10)

static size_t whole_pages(int64_t bytes) {
    return ((size_t)bytes + PAGE - 1) & ~(PAGE - 1);
}

void *gatun_map(int64_t bytes) {
    if (bytes <= 0 || (uint64_t)bytes > SIZE_MAX / 2) {
        return NULL;
    }
    /* Address space is cheap: more than is needed, and what lies before and behind the aligned block goes back. */
    size_t size = whole_pages(bytes), all = size + HUGE_PAGE;
    char *start = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    size_t before = (size_t)(-(uintptr_t)start & (HUGE_PAGE - 1));
    char *block = start + before;
    if (before > 0) {
        munmap(start, before);
    }
    munmap(block + size, HUGE_PAGE - before);
#if defined(MADV_HUGEPAGE)
    /* The whole huge pages alone, so that no more memory is taken than asked for. A system without them says no. */
    (void)madvise(block, size & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
    return block;
}

int32_t gatun_unmap(void *block, int64_t bytes) {
    if (block == NULL || bytes <= 0) {
        return GATUN_BAD_ARGUMENT;
    }
    return munmap(block, whole_pages(bytes)) == 0 ? GATUN_OK : GATUN_BAD_ARGUMENT;
}
