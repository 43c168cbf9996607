// Documents in which words stand behind one another.
#pragma once

#include <cstdint>
#include <vector>

#include "search/cursor.h"

namespace redstart::search {

class PhraseCursor : public Cursor {
 public:
  // A place of the phrase: one word, or any of several (those that begin like the last one).
  struct Part {
    std::vector<std::unique_ptr<TermCursor>> terms;
    uint32_t offset;  // from the beginning of the phrase

    DocNumber doc = 0;
    std::vector<uint32_t> starts = {};  // where the phrase would begin, by this part; ascending
  };

  // The words may be moved by `slop` positions in all, which allows two neighbours that are turned
  // if it is 2. REQUIRES: one part at least, and terms in each.
  PhraseCursor(std::vector<Part> parts, uint32_t slop, const TermWeight& weight);

  void next() override;
  void seek(DocNumber target) override;
  double score() override { return weight_.score(doc_, found_); }
  size_t cost() const override { return cost_; }

 private:
  void find(DocNumber from);
  static void seek_part(Part* part, DocNumber target);
  void read_starts(Part* part);
  uint32_t count_matches();

  std::vector<Part> parts_;
  const uint32_t slop_;
  const TermWeight weight_;
  size_t cost_ = SIZE_MAX;
  uint32_t found_ = 0;  // how often in doc()
  std::vector<uint32_t> scratch_;
  std::vector<size_t> places_;
};

}  // namespace redstart::search
