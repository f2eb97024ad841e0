#pragma once

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

/// glibc keeps up to eight arenas of memory for each core. What one thread allocates and another frees, as batches of jobs
/// are, then stays with many of them.
static inline void limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }

/// Blocks of this size and more are the system's own pages, and given back when they are freed. By itself glibc raises the
/// size up to 32 MB when such blocks are freed, and keeps them then.
static inline void map_large_blocks(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }

/// Gives back to the system what lies free within the arenas, of which glibc by itself gives back only their ends.
static inline void release_free_memory(void) { malloc_trim(0); }
#else
static inline void limit_malloc_arenas(int count) { (void)count; }
static inline void map_large_blocks(int bytes) { (void)bytes; }
static inline void release_free_memory(void) {}
#endif
