#include "core/regex_automaton.h"

#include <algorithm>

namespace redstart {

RegexAutomaton::RegexAutomaton(const Regex& regex) : regex_(regex) {
  for (const Regex::Instruction& in : regex.program_) {
    switch (in.op) {
      case Regex::Op::kLineBegin:
      case Regex::Op::kLineEnd:
      case Regex::Op::kWordEdge:
      case Regex::Op::kNoWordEdge:
        usable_ = false;
        break;
      default:
        break;
    }
  }
  for (const Regex::Range& range : regex.ranges_) {
    bounds_.push_back(range.low);
    bounds_.push_back(range.high + 1);
  }
  std::sort(bounds_.begin(), bounds_.end());
  bounds_.erase(std::unique(bounds_.begin(), bounds_.end()), bounds_.end());
  if (bounds_.size() >= UINT16_MAX) {
    usable_ = false;
    bounds_.clear();
  }
  for (uint32_t c = 0; c < kTable; c++) classes_.push_back(find_class(c));
  state_of({}, false);  // kDead
}

uint16_t RegexAutomaton::find_class(uint32_t character) const {
  return static_cast<uint16_t>(std::upper_bound(bounds_.begin(), bounds_.end(), character) -
                               bounds_.begin());
}

RegexAutomaton::Places RegexAutomaton::reach(const Places& from, bool begin, bool end) const {
  Places places;
  Places left = from;
  std::vector<bool> seen(regex_.program_.size());
  while (!left.empty()) {
    const uint32_t at = left.back();
    left.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const Regex::Instruction& in = regex_.program_[at];
    switch (in.op) {
      case Regex::Op::kJump:
        left.push_back(in.a);
        break;
      case Regex::Op::kSplit:
        left.push_back(in.a);
        left.push_back(in.b);
        break;
      case Regex::Op::kTextBegin:
        if (begin) left.push_back(at + 1);
        break;
      case Regex::Op::kTextEnd:
        if (end) {
          left.push_back(at + 1);
        } else {
          places.push_back(at);
        }
        break;
      default:
        places.push_back(at);
    }
  }
  std::sort(places.begin(), places.end());
  return places;
}

bool RegexAutomaton::matches_at_end(const Places& places, bool begin) const {
  const Places all = reach(places, begin, true);
  return std::any_of(all.begin(), all.end(),
                     [this](uint32_t at) { return regex_.program_[at].op == Regex::Op::kMatch; });
}

// The beginning of a text has a state of its own: a pattern may ask for it at the end ("$^").
RegexAutomaton::State RegexAutomaton::state_of(Places places, bool begin) {
  Places key = places;
  if (begin) key.push_back(kUnknown);
  const auto [known, is_new] = numbers_.try_emplace(key, static_cast<State>(states_.size()));
  if (!is_new) return known->second;
  if (states_.size() == kStatesMax) {
    numbers_.erase(known);
    usable_ = false;
    return kDead;
  }
  const bool accepts = matches_at_end(places, begin);
  states_.push_back({std::move(places), accepts, std::vector<State>(bounds_.size() + 1, kUnknown)});
  return known->second;
}

RegexAutomaton::State RegexAutomaton::start() {
  return usable_ ? state_of(reach({0}, true, false), true) : kDead;
}

RegexAutomaton::State RegexAutomaton::make_step(State from, uint32_t character) {
  if (!usable_) return kDead;
  Places taken;
  for (const uint32_t at : states_[from].places) {
    const Regex::Instruction& in = regex_.program_[at];
    if (in.op == Regex::Op::kSet && regex_.takes(in, character)) taken.push_back(at + 1);
  }
  const State next = state_of(reach(taken, false, false), false);
  states_[from].next[class_of(character)] = next;
  return next;
}

bool RegexAutomaton::match(std::string_view text) {
  State state = start();
  for (size_t at = 0; at < text.size() && state != kDead;) {
    state = step(state, next_regex_character(text, &at));
  }
  return accepts(state);
}

}  // namespace redstart
