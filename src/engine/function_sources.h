// The libraries of functions as files of data see them: each is its whole source. Whoever runs
// functions implements this; until a tenant has somebody who does, the sources are only kept.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class FunctionSources {
 public:
  virtual ~FunctionSources() = default;
  virtual void each(const std::function<void(std::string_view source)>& visit) const = 0;
  // What a file holds. False and a reason: the source is no library, or its name is taken and
  // `replace` is not set.
  virtual bool load(std::string_view source, bool replace, std::string* error) = 0;
  virtual void clear() = 0;
};

class KeptFunctionSources final : public FunctionSources {
 public:
  void each(const std::function<void(std::string_view source)>& visit) const override {
    for (const std::string& source : sources_) visit(source);
  }
  bool load(std::string_view source, bool, std::string*) override {
    sources_.emplace_back(source);
    return true;
  }
  void clear() override { sources_.clear(); }

 private:
  std::vector<std::string> sources_;
};

}  // namespace redstart
