#include "security/users.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/digest.h"
#include "wire/resp_inline.h"

namespace redstart {
namespace {

bool is_password_hash(std::string_view text) {
  return text.size() == 2 * sizeof(Sha256) && std::all_of(text.begin(), text.end(), [](char c) {
           return ascii_digit(c) || (c >= 'a' && c <= 'f');
         });
}

// "(+get ~a)" with what is between the parentheses quoted as in a command line.
RuleError read_selector(std::string_view rule, const RuleBook& book, Selector* selector) {
  std::vector<std::string> words;
  if (!split_inline(rule.substr(1, rule.size() - 2), &words)) return RuleError::kSyntax;
  for (const std::string& word : words) {
    const RuleError error = selector->apply(word, book);
    if (error != RuleError::kNone) return error;
  }
  return RuleError::kNone;
}

RuleError add_password(User& user, std::string hash) {
  if (!is_password_hash(hash)) return RuleError::kBadHash;
  auto& known = user.passwords;
  if (std::find(known.begin(), known.end(), hash) == known.end()) known.push_back(std::move(hash));
  user.no_password = false;
  return RuleError::kNone;
}

RuleError remove_password(User& user, const std::string& hash) {
  if (!is_password_hash(hash)) return RuleError::kBadHash;
  return std::erase(user.passwords, hash) > 0 ? RuleError::kNone : RuleError::kNoSuchPassword;
}

}  // namespace

// ---- one user -----------------------------------------------------------------------------------

User User::of_power(std::string_view name) {
  User user(name, RuleBook());
  user.enabled = user.no_password = true;
  user.selectors[0] = Selector::everything();
  return user;
}

RuleError User::apply(std::string_view rule, const RuleBook& book) {
  if (rule.empty()) return RuleError::kNone;
  if (equals_fold(rule, "on") || equals_fold(rule, "off")) {
    enabled = equals_fold(rule, "on");
  } else if (equals_fold(rule, "sanitize-payload") || equals_fold(rule, "skip-sanitize-payload")) {
    sanitize_payload = equals_fold(rule, "sanitize-payload");
  } else if (equals_fold(rule, "nopass") || equals_fold(rule, "resetpass")) {
    no_password = equals_fold(rule, "nopass");
    passwords.clear();
  } else if (equals_fold(rule, "clearselectors")) {
    selectors.erase(selectors.begin() + 1, selectors.end());
  } else if (equals_fold(rule, "reset")) {
    *this = User(name, book);
  } else if (rule[0] == '>') {
    return add_password(*this, sha256_hex(rule.substr(1)));
  } else if (rule[0] == '#') {
    return add_password(*this, std::string(rule.substr(1)));
  } else if (rule[0] == '<') {
    return remove_password(*this, sha256_hex(rule.substr(1)));
  } else if (rule[0] == '!') {
    return remove_password(*this, std::string(rule.substr(1)));
  } else if (rule[0] == '(' && rule.back() == ')') {
    Selector selector(book);
    const RuleError error = read_selector(rule, book, &selector);
    if (error == RuleError::kNone) selectors.push_back(std::move(selector));
    return error;
  } else {
    return selectors[0].apply(rule, book);
  }
  return RuleError::kNone;
}

bool User::apply_all(std::span<const std::string_view> given, const RuleBook& book,
                     std::string* error) {
  std::vector<std::string> rules;
  std::string_view open;
  if (!join_selectors(given, &rules, &open)) {
    *error = "Unmatched parenthesis in acl selector starting at '" + std::string(open) + "'.";
    return false;
  }
  User changed = *this;
  for (const std::string& rule : rules) {
    const RuleError wrong = changed.apply(rule, book);
    if (wrong == RuleError::kNone) continue;
    *error = "Error in ACL SETUSER modifier '" + rule + "': " + std::string(rule_error_text(wrong));
    return false;
  }
  *this = std::move(changed);
  return true;
}

void User::set_password(std::string_view password) {
  passwords.clear();
  no_password = password.empty();
  if (!password.empty()) passwords.push_back(sha256_hex(password));
}

bool User::accepts(std::string_view password) const {
  if (!enabled) return false;
  if (no_password) return true;
  const std::string hash = sha256_hex(password);
  bool matched = false;
  for (const std::string& known : passwords) matched |= equals_constant_time(known, hash);
  return matched;
}

bool User::unrestricted() const {
  return std::any_of(selectors.begin(), selectors.end(),
                     [](const Selector& selector) { return selector.is_unrestricted(); });
}

std::string User::rules() const {
  std::string text = enabled ? "on" : "off";
  if (no_password) text += " nopass";
  text += sanitize_payload ? " sanitize-payload" : " skip-sanitize-payload";
  for (const std::string& password : passwords) text += " #" + password;
  text += " " + selectors[0].text();
  for (size_t i = 1; i < selectors.size(); i++) text += " (" + selectors[i].inner_text() + ")";
  return text;
}

// ---- all of them --------------------------------------------------------------------------------

Users::Users() : powerful_(User::of_power(kDefaultUser)) {
  default_ = &put(User::of_power(kDefaultUser));
}

User* Users::find(std::string_view name) {
  auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second.get();
}

const User* Users::find(std::string_view name) const {
  return const_cast<Users*>(this)->find(name);
}

User& Users::put(User user) {
  std::unique_ptr<User>& place = users_[user.name];
  if (place) {
    *place = std::move(user);
  } else {
    place = std::make_unique<User>(std::move(user));
  }
  return *place;
}

bool Users::remove(std::string_view name) {
  auto found = users_.find(name);
  if (found == users_.end()) return false;
  users_.erase(found);
  return true;
}

const User* Users::check(std::string_view name, std::string_view password) const {
  const User* user = find(name);
  return user && user->accepts(password) ? user : nullptr;
}

// ---- tokens -------------------------------------------------------------------------------------
//
// The name, a zero byte, and a digest of the password's hash: what the user's entry holds is enough
// to recognize it, so that nothing has to be kept.

namespace {

std::string_view as_text(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Sha256 token_proof(std::string_view password_hash) {
  return sha256("redstart rest token:" + std::string(password_hash));
}

}  // namespace

std::string Users::rest_token(std::string_view name, std::string_view password) const {
  const User* user = check(name, password);
  if (!user) return {};
  const std::string hash = user->no_password ? std::string() : sha256_hex(password);
  std::string bytes = user->name + '\0';
  bytes += as_text(token_proof(hash));
  return base64_text(bytes);
}

const User* Users::open_rest_token(std::string_view token) const {
  std::string bytes;
  if (!base64_decode(token, &bytes)) return nullptr;
  const size_t end = bytes.find('\0');
  const User* user = end == std::string::npos ? nullptr : find(bytes.substr(0, end));
  if (!user || !user->enabled) return nullptr;
  const std::string proof = bytes.substr(end + 1);
  bool matched = user->no_password && equals_constant_time(as_text(token_proof({})), proof);
  for (const std::string& hash : user->passwords) {
    matched |= equals_constant_time(as_text(token_proof(hash)), proof);
  }
  return matched ? user : nullptr;
}

}  // namespace redstart
