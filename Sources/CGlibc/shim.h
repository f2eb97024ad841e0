#pragma once

#include <stdlib.h>
#include <sys/types.h>

#ifdef __GLIBC__
#include <linux/falloc.h>
#include <malloc.h>

/// glibc keeps up to eight arenas of memory for each core. What one thread allocates and another frees, as batches of jobs
/// are, then stays with many of them.
static inline void limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }

/// Blocks of this size and more are the system's own pages, and given back when they are freed. By itself glibc raises the
/// size up to 32 MB when such blocks are freed, and keeps them then.
static inline void map_large_blocks(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }

/// Free memory at the end of an arena that stays with the process; glibc gives back what is more at once.
static inline void keep_free_memory(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }

/// Gives back to the system what lies free within the arenas, of which glibc by itself gives back only their ends.
static inline void release_free_memory(void) { malloc_trim(0); }

// fcntl.h declares it for programs that ask for more than POSIX.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Gives the blocks of a file's first bytes back to the disk, where its file system can. They read as zeros afterwards, and
/// the file keeps its length.
static inline void discard_blocks(int descriptor, off_t end) {
    (void)fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, end);
}
#else
static inline void limit_malloc_arenas(int count) { (void)count; }
static inline void map_large_blocks(int bytes) { (void)bytes; }
static inline void keep_free_memory(int bytes) { (void)bytes; }
static inline void release_free_memory(void) {}
static inline void discard_blocks(int descriptor, off_t end) { (void)descriptor, (void)end; }
#endif
