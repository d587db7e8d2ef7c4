#include "CRE2.h"

#include <re2/re2.h>

#include <array>
#include <string>
#include <vector>

struct sluice_re2 {
  re2::RE2 re;
  sluice_re2(re2::StringPiece pattern, const re2::RE2::Options &options) : re(pattern, options) {}
};

sluice_re2 *sluice_re2_new(const char *pattern, int64_t length, int64_t memory) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(memory);
  return new sluice_re2(re2::StringPiece(pattern, length), options);
}

void sluice_re2_free(sluice_re2 *re) { delete re; }

const char *sluice_re2_error(const sluice_re2 *re) {
  return re->re.ok() ? nullptr : re->re.error().c_str();
}

int sluice_re2_groups(const sluice_re2 *re) { return re->re.NumberOfCapturingGroups(); }

int sluice_re2_group_named(const sluice_re2 *re, const char *name, int64_t length) {
  const auto &names = re->re.NamedCapturingGroups();
  const auto found = names.find(std::string(name, length));
  return found == names.end() ? -1 : found->second;
}

// Writes where the groups lie; whether the whole of `input` matches.
static int match(
    const re2::RE2 &re, const re2::StringPiece &input, re2::StringPiece *pieces, int64_t *offsets,
    int groups) {
  if (!re.Match(input, 0, input.size(), re2::RE2::ANCHOR_BOTH, pieces, groups)) return 0;
  for (int i = 0; i < groups; i++) {
    const bool took_part = pieces[i].data() != nullptr;
    offsets[2 * i] = took_part ? pieces[i].data() - input.data() : -1;
    offsets[2 * i + 1] = took_part ? offsets[2 * i] + (int64_t)pieces[i].size() : -1;
  }
  return 1;
}

int sluice_re2_match(
    const sluice_re2 *re, const char *text, int64_t length, int64_t *offsets, int groups) {
  const re2::StringPiece input(text, length);
  std::array<re2::StringPiece, 16> few;  // no allocation for what people write
  if (groups <= (int)few.size()) return match(re->re, input, few.data(), offsets, groups);
  std::vector<re2::StringPiece> many(groups);
  return match(re->re, input, many.data(), offsets, groups);
}
