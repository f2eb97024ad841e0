#pragma once

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

/// glibc keeps up to eight arenas of memory for each core. What one thread allocates and another frees, as batches of jobs
/// are, then stays with many of them.
static inline void limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }

/// Gives back to the system what lies free within the arenas, of which glibc by itself gives back only their ends.
static inline void release_free_memory(void) { malloc_trim(0); }
#else
static inline void limit_malloc_arenas(int count) { (void)count; }
static inline void release_free_memory(void) {}
#endif
