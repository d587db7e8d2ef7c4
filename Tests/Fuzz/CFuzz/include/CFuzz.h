#ifndef SLUICE_CFUZZ_H
#define SLUICE_CFUZZ_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer without its `main`: reads its options from the arguments and calls `callback` until they say enough.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// Counts what is allocated from now on; for one thread. Needs the address sanitizer's allocator.
void sluice_fuzz_watch_memory(void);

/// Forgets the peak.
void sluice_fuzz_begin(void);

/// By how many bytes what was held at once grew since `sluice_fuzz_begin`, at the most.
size_t sluice_fuzz_peak(void);

#endif
