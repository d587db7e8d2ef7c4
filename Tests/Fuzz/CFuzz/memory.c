#include "CFuzz.h"

#include <sanitizer/allocator_interface.h>

static int64_t held, start, peak;

static void allocated(const volatile void *pointer, size_t size) {
  (void)pointer;
  held += (int64_t)size;
  if (held > peak) peak = held;
}

static void released(const volatile void *pointer) {
  if (pointer) held -= (int64_t)__sanitizer_get_allocated_size(pointer);
}

void sluice_fuzz_watch_memory(void) { __sanitizer_install_malloc_and_free_hooks(allocated, released); }

void sluice_fuzz_begin(void) { start = peak = held; }

size_t sluice_fuzz_peak(void) { return (size_t)(peak - start); }

// Tables that live for ever look like leaks: Swift keeps bits of its own in pointers to them. What grows without end meets
// the limit on resident memory.
const char *__asan_default_options(void) { return "detect_leaks=0"; }
