#pragma once
#include <stdint.h>

// RE2 speaks C++; this is its face for Swift. No logic beyond the translation.
#ifdef __cplusplus
extern "C" {
#endif

typedef struct sluice_re2 sluice_re2;

// Compiles `pattern` (RE2 syntax, UTF-8; `.` takes a newline too), with at most `memory` bytes for the automaton.
// Never NULL.
sluice_re2 *sluice_re2_new(const char *pattern, int64_t length, int64_t memory);
void sluice_re2_free(sluice_re2 *re);

// NULL when the pattern compiled, else why it did not (valid as long as `re`).
const char *sluice_re2_error(const sluice_re2 *re);

// The number of capturing groups, without group 0.
int sluice_re2_groups(const sluice_re2 *re);

// The number of the group called `name`, or -1.
int sluice_re2_group_named(const sluice_re2 *re, const char *name, int64_t length);

// Whether the whole of `text` matches. Fills `offsets` with start and end of groups 0..<groups
// (-1, -1 for a group that took no part); pass groups = 0 when no capture is wanted. `text` is not NULL.
// Any number of threads at once.
int sluice_re2_match(
    const sluice_re2 *re, const char *text, int64_t length, int64_t *offsets, int groups);

#ifdef __cplusplus
}
#endif
