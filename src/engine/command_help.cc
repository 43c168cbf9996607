#include "engine/command_help.h"

#include "base/ascii.h"
#include "engine/command_docs.h"
#include "engine/context.h"
#include "wire/errors.h"

namespace redstart {

void container_help(Context& c) {
  const Command& container = *c.command.container;
  std::vector<std::string> lines;
  for (const Command* sub : container.subcommands) {
    if (sub == &c.command) continue;
    std::string synopsis = arg_synopsis(sub->spec->args);
    lines.push_back(to_upper(sub->spec->name) + (synopsis.empty() ? "" : " " + synopsis));
    lines.push_back("    " + std::string(sub->spec->summary));
  }
  std::vector<std::string_view> views(lines.begin(), lines.end());
  answer_help(c.reply, to_upper(container.spec->name), views);
}

void answer_subcommand_syntax(Context& c) {
  const Command* container = c.command.container;
  c.reply.error(err::misused_subcommand(
      container ? container->spec->name : c.command.spec->name, c.arg(1)));
}

}  // namespace redstart
