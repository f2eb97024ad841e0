#pragma once

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

/// glibc keeps up to eight arenas of memory for each core. What one thread allocates and another frees, as batches of jobs
/// are, then stays with many of them.
static inline void limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }
#else
static inline void limit_malloc_arenas(int count) { (void)count; }
#endif
