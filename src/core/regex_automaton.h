// A regular expression that has to match a whole text, read a character at a time: for texts that
// begin alike (a dictionary in order), of which each shares the states of the one before, and for
// many short ones.
//
//   RegexAutomaton::State state = automaton.start();
//   for (c : text) state = automaton.step(state, c);      kDead: no text that goes on so matches
//   automaton.accepts(state)
//
// States are sets of places in the pattern, made when they are first reached. Characters that no
// range of the pattern tells apart are one class; a state knows the next one for each class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "core/regex.h"

namespace redstart {

class RegexAutomaton {
 public:
  using State = uint32_t;
  static constexpr State kDead = 0;
  static constexpr size_t kStatesMax = 1000;

  // REQUIRES: the pattern is compiled, and outlives this.
  explicit RegexAutomaton(const Regex& regex);

  // False: the pattern asks for what is around a place (\b, or ^ and $ of lines), or has become too
  // many states. What is answered then has no meaning: ask Regex.
  bool usable() const { return usable_; }

  State start();
  State step(State from, uint32_t character) {
    const State next = states_[from].next[class_of(character)];
    return next != kUnknown ? next : make_step(from, character);
  }
  bool accepts(State state) const { return states_[state].accepts; }
  // Whether it matches a whole text. Without meaning unless usable() still holds.
  bool match(std::string_view text);

 private:
  using Places = std::vector<uint32_t>;  // of instructions, ascending
  static constexpr State kUnknown = UINT32_MAX;
  static constexpr size_t kTable = 128;

  struct Known {
    Places places;
    bool accepts;
    std::vector<State> next;  // by class
  };

  uint16_t class_of(uint32_t character) const {
    return character < kTable ? classes_[character] : find_class(character);
  }
  uint16_t find_class(uint32_t character) const;
  // What can be reached without taking a character. What waits for the end of the text is one of
  // the places.
  Places reach(const Places& from, bool begin, bool end) const;
  bool matches_at_end(const Places& places, bool begin) const;
  State state_of(Places places, bool begin);
  State make_step(State from, uint32_t character);

  const Regex& regex_;
  bool usable_ = true;
  std::vector<uint32_t> bounds_;   // where a new class begins
  std::vector<uint16_t> classes_;  // of the first kTable characters
  std::vector<Known> states_;
  std::map<Places, State> numbers_;
};

}  // namespace redstart
