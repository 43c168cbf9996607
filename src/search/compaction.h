// Takes the dead documents out of an index, while it is in use.
//
// When a quarter of all numbers is dead, the living get new numbers in the same order. What holds
// numbers follows in slices: where documents are looked up by key, then each column, then the
// lists of terms, which are most of an index. Until all have the new numbers, those that have not
// go on with the old ones (documents.h).
//
// A slice is as small as a column or the longest list of a term at least.
#pragma once

#include <cstddef>
#include <string>

#include "search/contents.h"

namespace redstart::search {

class Compaction {
 public:
  explicit Compaction(Contents* contents) : contents_(*contents) {}

  // Begins if there are enough dead documents, and goes on if it has begun, for about so many terms
  // (or what costs as much). True: nothing is left to do.
  bool step(size_t budget);

 private:
  bool is_due() const;
  void begin();
  bool renew_columns(size_t* budget);
  bool renew_terms(size_t* budget);
  bool renew_terms_of(Dictionary* dictionary, size_t* budget);
  void renew(const Dictionary& dictionary, Term* term);

  Contents& contents_;
  bool has_entries_ = false;  // the phases that are done
  bool has_columns_ = false;
  size_t field_ = 0;  // of the phase at hand
  std::string from_;  // terms of this field before this one are done
};

}  // namespace redstart::search
