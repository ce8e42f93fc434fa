#pragma once
/* glibc declares these for _GNU_SOURCE alone, which Swift's module of glibc is made without. */
#include <sched.h>

/* The number of the processor that the calling thread runs on. */
int sched_getcpu(void);

/* The processors that a thread may run on, as bits; 0 for the calling one. */
int sched_getaffinity(int thread, size_t size, cpu_set_t *processors);
int sched_setaffinity(int thread, size_t size, const cpu_set_t *processors);
