// memcpy into a buffer that is warm after the first run.
//
// Usage: copy FILE
#include <cstring>

#include "harness.h"

class Copy : public Peer {
 public:
  explicit Copy(std::string document) : document_(std::move(document)), copy_(document_.size(), '\0') {}
  const char *run() override {
    std::memcpy(copy_.data(), document_.data(), document_.size());
    return nullptr;
  }
  std::string_view output() override { return copy_; }

 private:
  std::string document_, copy_;
};

int main(int, char **arguments) {
  Copy copy(load(arguments[1]));
  return serve(copy);
}
