// Counts allocations and the bytes in use: preload it, and ask; or name a file in ALLOCATIONS_FILE, into which it writes
// the number of allocations when the process exits. For glibc on Linux.
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static atomic_ulong allocations;
static atomic_long bytes;

// Allocations so far.
unsigned long allocations_so_far(void) { return atomic_load(&allocations); }

// Bytes in use, the allocator's own 8 for each block included.
long bytes_in_use(void) { return atomic_load(&bytes); }

static long size_of(void *block) { return block == NULL ? 0 : (long)malloc_usable_size(block) + 8; }

static void *counted(void *block) {
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&bytes, size_of(block), memory_order_relaxed);
  return block;
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }

void *calloc(size_t number, size_t size) { return counted(__libc_calloc(number, size)); }

void *realloc(void *old, size_t size) {
  long before = size_of(old);
  void *block = __libc_realloc(old, size);
  if (block != NULL || size == 0) atomic_fetch_sub_explicit(&bytes, before, memory_order_relaxed);
  return counted(block);
}

void *aligned_alloc(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }

void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  void *block = counted(__libc_memalign(alignment, size));
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

void free(void *block) {
  atomic_fetch_sub_explicit(&bytes, size_of(block), memory_order_relaxed);
  __libc_free(block);
}

__attribute__((destructor)) static void write_down(void) {
  unsigned long count = allocations_so_far();
  const char *path = getenv("ALLOCATIONS_FILE");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file == NULL) return;
  fprintf(file, "%lu\n", count);
  fclose(file);
}
