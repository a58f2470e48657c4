// What native code reads of a session in the same time: simdjson's on-demand reader, one document a row.
//
//     simdjson envelope|content PASSES FILE...
//
// `envelope` reads the fields a span is made of; `content` reads those and also unescapes every text, thinking and result
// and takes the raw JSON of tool inputs. Files are in memory before the clock starts, and one pass runs before it for the
// page faults; `seconds` is the mean of PASSES. It builds nothing and writes nothing, so it does less than the core does; it is a mark to steer by.
// The implementation (icelake, haswell, westmere) is the one the compiler was told to build for.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

#define TEXT_OF(name) SIMDJSON_STRINGIFY(name)

/** What was read, so that nothing of it can be optimised away. */
struct Sums {
  uint64_t rows = 0, broken = 0, characters = 0, content = 0, tokens = 0;
};

/** Compares a key as it is written, closing quote included; nothing is unescaped. */
#define IS(name) key.unsafe_is_equal(std::string_view(name, sizeof(name) - 1))

static void take_string(ondemand::value value, uint64_t &sum) {
  std::string_view text;
  if (value.get_string().get(text) == SUCCESS) sum += text.size();
}

static void take_blocks(ondemand::array blocks, Sums &sums, bool content);

/** A block of a message, or of a result. */
static void take_block(ondemand::object block, Sums &sums, bool content) {
  for (auto field : block) {
    ondemand::raw_json_string key = field.key();
    if (IS("type") || IS("id") || IS("name") || IS("tool_use_id")) {
      take_string(field.value(), sums.characters);
    } else if (IS("is_error")) {
      bool failed;
      if (field.value().get_bool().get(failed) == SUCCESS) sums.tokens += failed;
    } else if (content && (IS("text") || IS("thinking"))) {
      take_string(field.value(), sums.content);
    } else if (content && IS("input")) {
      ondemand::object input = field.value().get_object();
      std::string_view raw = input.raw_json();
      sums.content += raw.size();
    } else if (content && IS("content")) {
      ondemand::value value = field.value();
      if (value.type() == ondemand::json_type::array) take_blocks(value.get_array(), sums, content);
      else take_string(value, sums.content);
    }
  }
}

static void take_blocks(ondemand::array blocks, Sums &sums, bool content) {
  for (auto block : blocks) {
    ondemand::value value = block.value();
    if (value.type() == ondemand::json_type::object) take_block(value.get_object(), sums, content);
    else if (content) take_string(value, sums.content);
  }
}

static void take_message(ondemand::object message, Sums &sums, bool content) {
  for (auto field : message) {
    ondemand::raw_json_string key = field.key();
    if (IS("id") || IS("model") || IS("role") || IS("stop_reason")) {
      take_string(field.value(), sums.characters);
    } else if (IS("usage")) {
      for (auto count : field.value().get_object()) {
        ondemand::raw_json_string key = count.key();
        if (!IS("input_tokens") && !IS("output_tokens") && !IS("cache_read_input_tokens") && !IS("cache_creation_input_tokens")) continue;
        sums.tokens += uint64_t(count.value().get_uint64());
      }
    } else if (IS("content")) {
      ondemand::value value = field.value();
      if (value.type() == ondemand::json_type::array) take_blocks(value.get_array(), sums, content);
      else if (content) take_string(value, sums.content);
    }
  }
}

static void take_row(ondemand::object row, Sums &sums, bool content) {
  for (auto field : row) {
    ondemand::raw_json_string key = field.key();
    if (IS("type") || IS("uuid") || IS("parentUuid") || IS("timestamp") || IS("sessionId") || IS("requestId") || IS("cwd") ||
        IS("version") || IS("gitBranch") || IS("subtype") || IS("agentId")) {
      take_string(field.value(), sums.characters);
    } else if (IS("isSidechain")) {
      bool side;
      if (field.value().get_bool().get(side) == SUCCESS) sums.tokens += side;
    } else if (IS("message")) {
      take_message(field.value().get_object(), sums, content);
    }
  }
}

static Sums pass(ondemand::parser &parser, const std::vector<padded_string> &files, bool content) {
  Sums sums;
  for (const padded_string &file : files) {
    const char *at = file.data(), *end = at + file.size();
    while (at < end) {
      const char *stop = static_cast<const char *>(std::memchr(at, '\n', end - at));
      if (stop == nullptr) stop = end;
      sums.rows++;
      try {
        ondemand::document row = parser.iterate(padded_string_view(at, stop - at, end - at + SIMDJSON_PADDING));
        take_row(row.get_object(), sums, content);
      } catch (const simdjson_error &) {
        sums.broken++;
      }
      at = stop + 1;
    }
  }
  return sums;
}

int main(int count, char **arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: simdjson envelope|content PASSES FILE...\n");
    return 2;
  }
  const bool content = std::strcmp(arguments[1], "content") == 0;
  const int passes = std::max(1, std::atoi(arguments[2]));
  std::vector<padded_string> files;
  uint64_t bytes = 0;
  for (int index = 3; index < count; index++) {
    files.push_back(padded_string::load(arguments[index]));
    bytes += files.back().size();
  }
  ondemand::parser parser;
  Sums sums = pass(parser, files, content);
  const auto began = std::chrono::steady_clock::now();
  for (int index = 0; index < passes; index++) sums = pass(parser, files, content);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("{\"implementation\":\"%s\",\"bytes\":%llu,\"seconds\":%.9f,\"rows\":%llu,\"broken\":%llu,"
              "\"characters\":%llu,\"content\":%llu,\"tokens\":%llu}\n",
              TEXT_OF(SIMDJSON_BUILTIN_IMPLEMENTATION), (unsigned long long)bytes, took.count() / passes, (unsigned long long)sums.rows,
              (unsigned long long)sums.broken, (unsigned long long)sums.characters, (unsigned long long)sums.content,
              (unsigned long long)sums.tokens);
  return 0;
}
