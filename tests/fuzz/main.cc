// Runs fuzz targets on mutated seeds. Each target runs in a child process, which shares with its
// parent the input at hand: whatever ends the child, the parent can show it.
//
//   redstart_fuzz --smoke                        every target for a fixed number of inputs
//   redstart_fuzz --target NAME --seconds N      one target for a time (all: --target all)
//   redstart_fuzz --target NAME --input FILE     one input again
//   --seed S                                     the same inputs again
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "tests/fuzz/target.h"

namespace redstart::fuzz {
namespace {

constexpr size_t kInputMax = 4096;
constexpr uint64_t kSmokeInputs = 20000;
// No input of a few kilobytes takes this long, unless something is quadratic or worse.
constexpr time_t kInputSecondsMax = 10;

struct Shared {
  uint64_t inputs;
  size_t size;
  char input[kInputMax];
};

struct Budget {
  uint64_t inputs = UINT64_MAX;
  double seconds = 1e9;
};

class Mutator {
 public:
  Mutator(const Target& target, uint64_t seed) : seeds_(target.seeds), random_(seed) {}

  std::string next() {
    std::string input(any_seed());
    for (size_t changes = random_() % 8; changes > 0; changes--) change(&input);
    if (input.size() > kInputMax) input.resize(kInputMax);
    return input;
  }

 private:
  size_t below(size_t bound) { return bound ? random_() % bound : 0; }
  std::string_view any_seed() { return seeds_[below(seeds_.size())]; }

  void change(std::string* input) {
    static constexpr std::string_view kPieces[] = {"0",
                                                   "-1",
                                                   "65536",
                                                   "2147483648",
                                                   "9223372036854775807",
                                                   "18446744073709551616",
                                                   "\r\n",
                                                   "\"",
                                                   "'",
                                                   "\\",
                                                   "*",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   "%",
                                                   "null",
                                                   "1e999",
                                                   "\xff",
                                                   "!"};
    const size_t at = below(input->size() + 1);
    const size_t length = below(std::min<size_t>(input->size() - at, 16) + 1);
    switch (random_() % 8) {
      case 0:
        if (at < input->size()) (*input)[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < input->size()) (*input)[at] ^= static_cast<char>(1 << random_() % 8);
        break;
      case 2:
        input->erase(at, length);
        break;
      case 3:
        input->insert(at, std::string(input->substr(at, length)));
        break;
      case 4:
        input->insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 5:
        input->replace(at, length, kPieces[below(std::size(kPieces))]);
        break;
      case 6: {
        const std::string_view other = any_seed();
        input->insert(at, other.substr(below(other.size())));
        break;
      }
      case 7:
        input->insert(at, std::string(1 + below(20), static_cast<char>(random_())));
        break;
    }
  }

  std::span<const std::string_view> seeds_;
  std::mt19937_64 random_;
};

// In the child: does not return.
void run_inputs(const Target& target, uint64_t seed, const Budget& budget, Shared* shared) {
  Mutator mutator(target, seed);
  const auto start = std::chrono::steady_clock::now();
  for (; shared->inputs < budget.inputs; shared->inputs++) {
    const std::string input = mutator.next();
    shared->size = input.size();
    memcpy(shared->input, input.data(), input.size());
    if (shared->inputs % 256 == 0) {
      // Of the processor's time: a loaded machine is no finding.
      const itimerval limit = {.it_interval = {}, .it_value = {.tv_sec = kInputSecondsMax, .tv_usec = 0}};
      setitimer(ITIMER_PROF, &limit, nullptr);
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      if (spent.count() > budget.seconds) break;
    }
    target.run(input);
  }
  _exit(0);
}

std::string printable(std::string_view bytes) {
  std::string out;
  char hex[8];
  for (const char c : bytes) {
    if (c >= 0x20 && c < 0x7f && c != '\\') {
      out += c;
    } else {
      snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
      out += hex;
    }
  }
  return out;
}

// True when the target stood all inputs. A failure is shown only if it is one.
bool stands(const Target& target, uint64_t seed, const Budget& budget, bool failure_expected) {
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* shared = static_cast<Shared*>(memory);
  fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (failure_expected && !freopen("/dev/null", "w", stderr)) _exit(0);
    run_inputs(target, seed, budget, shared);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!good && !failure_expected) {
    const std::string_view input(shared->input, shared->size);
    const std::string file = "fuzz-failure-" + std::string(target.name);
    std::ofstream(file, std::ios::binary).write(input.data(), static_cast<long>(input.size()));
    printf("%s: FAILED at input %llu of seed %llu (kept in %s):\n  %s\n", target.name.data(),
           static_cast<unsigned long long>(shared->inputs), static_cast<unsigned long long>(seed),
           file.c_str(), printable(input).c_str());
  } else if (good) {
    printf("%s: %llu inputs\n", target.name.data(),
           static_cast<unsigned long long>(shared->inputs));
  }
  munmap(memory, sizeof(Shared));
  return good;
}

// Every target stands, and the canary falls.
bool run_all(uint64_t seed, const Budget& budget) {
  bool good = true;
  for (const Target& target : targets()) {
    const bool canary = target.name == "canary";
    const bool stood = stands(target, seed, budget, canary);
    if (canary && stood) printf("canary: survived, so failures go unseen\n");
    good &= stood != canary;
  }
  return good;
}

int usage() {
  fprintf(stderr,
          "usage: redstart_fuzz --smoke [--seed S]\n"
          "       redstart_fuzz --target NAME|all --seconds N [--seed S]\n"
          "       redstart_fuzz --target NAME --input FILE\ntargets:");
  for (const Target& target : targets()) fprintf(stderr, " %s", target.name.data());
  fprintf(stderr, "\n");
  return 2;
}

const Target* find_target(std::string_view name) {
  for (const Target& target : targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

int main(int argc, char** argv) {
  uint64_t seed = std::random_device{}();
  std::string target_name, input_file;
  Budget budget;
  bool smoke = false;
  for (int i = 1; i < argc; i++) {
    const std::string_view option = argv[i];
    if (option == "--smoke") {
      smoke = true;
      continue;
    }
    if (++i == argc) return usage();
    if (option == "--seed") {
      seed = strtoull(argv[i], nullptr, 10);
    } else if (option == "--target") {
      target_name = argv[i];
    } else if (option == "--seconds") {
      budget.seconds = strtod(argv[i], nullptr);
    } else if (option == "--input") {
      input_file = argv[i];
    } else {
      return usage();
    }
  }
  printf("seed %llu\n", static_cast<unsigned long long>(seed));
  if (smoke) {
    budget.inputs = kSmokeInputs;
    return run_all(seed, budget) ? 0 : 1;
  }
  if (target_name == "all") return run_all(seed, budget) ? 0 : 1;
  const Target* target = find_target(target_name);
  if (!target) return usage();
  if (input_file.empty()) return stands(*target, seed, budget, false) ? 0 : 1;
  std::ifstream file(input_file, std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(file), {}};
  target->run(input);
  return 0;
}

}  // namespace
}  // namespace redstart::fuzz

int main(int argc, char** argv) { return redstart::fuzz::main(argc, argv); }
