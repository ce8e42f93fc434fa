// How long a core is taken away from a program that does nothing but look at the clock: prints each pause of more than
// 0.1 ms, in nanoseconds, a line each.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: pauses SECONDS\n");
    return 64;
  }
  static uint64_t pauses[1 << 20];
  size_t found = 0, most = sizeof pauses / sizeof *pauses;
  uint64_t last = now(), end = last + (uint64_t)(atof(words[1]) * 1e9);
  while (last < end) {
    uint64_t time = now();
    if (time - last > 100000 && found < most) pauses[found++] = time - last;
    last = time;
  }
  for (size_t i = 0; i < found; i++) printf("%llu\n", (unsigned long long)pauses[i]);
  return 0;
}
