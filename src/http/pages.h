// What the door tells machines and people without a command.
#pragma once

namespace redstart {

class Engine;
class OutBuf;

// For whoever opens the address in a browser.
void append_welcome_page(OutBuf& out);
// In the text format of Prometheus.
void append_metrics(Engine& engine, OutBuf& out);

}  // namespace redstart
