#include "types/zset_pack.h"

#include <string>

#include "base/numbers.h"

namespace redstart::zset_pack {
namespace {

// True if the score is stored as an integer: without fraction and well inside of 64 bits. (-0
// becomes 0, as in Redis.)
bool as_integer(double score, int64_t* integer) {
  constexpr double kLimit = 4611686018427387904.0;  // 2^62
  if (!(score >= -kLimit && score <= kLimit)) return false;
  *integer = static_cast<int64_t>(score);
  return static_cast<double>(*integer) == score;
}

void replace_score(Listpack* pack, uint32_t pos, double score) {
  int64_t integer;
  if (as_integer(score, &integer)) return pack->replace(pos, integer);
  char text[kDoubleTextMax];
  pack->replace(pos, std::string_view(text, write_double(text, score)));
}

void insert_at(Listpack* pack, uint32_t pos, double score, std::string_view member) {
  // The score first: then the member is inserted at the same place.
  int64_t integer;
  if (as_integer(score, &integer)) {
    pack->insert(pos, integer);
  } else {
    char text[kDoubleTextMax];
    pack->insert(pos, std::string_view(text, write_double(text, score)));
  }
  pack->insert(pos, member);
}

bool is_before(ListpackView pack, uint32_t pos, double score, std::string_view member) {
  double other = score_behind(pack, pos);
  return other != score ? other < score : compare_member(pack, pos, member) < 0;
}

}  // namespace

double score_behind(ListpackView pack, uint32_t pos) {
  ListpackItem item = pack.at(pack.next(pos));
  if (item.is_number) return static_cast<double>(item.number);
  double score = 0;
  parse_double(item.text, &score);
  return score;
}

int compare_member(ListpackView pack, uint32_t pos, std::string_view member) {
  char buffer[kIntTextMax];
  return pack.at(pos).view(buffer).compare(member);
}

size_t rank_of(ListpackView pack, uint32_t pos) {
  size_t rank = 0;
  for (uint32_t at = pack.first(); at != pos; at = pack.skip(at, 2)) ++rank;
  return rank;
}

void insert(Listpack* pack, double score, std::string_view member) {
  ListpackView view = pack->view();
  uint32_t pos = view.first();
  while (pos != view.end() && is_before(view, pos, score, member)) pos = view.skip(pos, 2);
  insert_at(pack, pos, score, member);
}

void append(Listpack* pack, double score, std::string_view member) {
  insert_at(pack, pack->view().end(), score, member);
}

void set_score(Listpack* pack, uint32_t pos, double score, std::string_view member) {
  ListpackView view = pack->view();
  uint32_t behind = view.skip(pos, 2);
  bool stays = behind == view.end() || !is_before(view, behind, score, member);
  if (stays && pos != view.first()) {
    stays = is_before(view, view.prev(view.prev(pos)), score, member);
  }
  if (stays) return replace_score(pack, view.next(pos), score);
  pack->erase(pos, 2);
  insert(pack, score, member);
}

}  // namespace redstart::zset_pack
