// Who may import whom, as data. tools/check-imports.mjs reads it; nothing here runs.
//
// A pattern is a path from the top without its extension: `*` stands for one name, `**` for whatever follows. A file
// belongs to the first room that matches it and may always import its own room. Where a room's pattern has a `*` folder
// (a dialect), each such folder is a room of its own. `node:` and bare names are packages.

const bytes = "assembly/bytes/**";
const json = "assembly/json/**";
const session = "assembly/session/**";
const trace = "assembly/trace/**";
const otlp = "assembly/otlp/**";
const layout = "assembly/abi/layout";
const state = "host-node/state/**";
const config = "host-node/config/**";

export const rooms = [
  { room: bytes, may: [], because: "the first stage knows bytes alone, so every later stage can stand on it" },
  { room: json, may: [layout, bytes], because: "reading JSON needs bytes and must not know what the JSON is about" },
  { room: session, may: [layout, bytes, json], because: "the model is the waist: it knows neither who writes it nor who reads it" },
  {
    room: "assembly/dialect/*/**",
    may: [layout, bytes, json, "assembly/session/builder", "assembly/session/record", "assembly/dialect/reader"],
    because: "a dialect writes only through the session's builder, and siblings never meet: a new one touches one folder",
  },
  {
    room: "assembly/dialect/registry",
    may: [layout, bytes, json, session, "assembly/dialect/**"],
    because: "the only file that knows every dialect",
  },
  {
    room: "assembly/dialect/*",
    may: [bytes, json, session, "assembly/dialect/*"],
    because: "what all dialects share goes through the registry to reach one of them",
  },
  { room: trace, may: [layout, bytes, json, session], because: "spans are built from the finished session, whatever dialect wrote it" },
  { room: otlp, may: [layout, bytes, json, session, trace], because: "encoders read the finished trace and copy content from the session" },
  { room: layout, may: [], because: "bare integers that every stage may name, so it stands on nothing" },
  { room: "assembly/abi/**", may: ["assembly/**"], because: "the door is where all stages are joined" },
  { room: "assembly/index", may: ["assembly/abi/**"], because: "the compiler's entry publishes the door and nothing else" },
  {
    room: "bridge/**",
    may: [layout, "@assemblyscript/loader"],
    because: "the one caller of the boundary runs in every host, so it has no Node, no DOM and no second library",
  },
  {
    room: state,
    may: ["node:fs", "node:path"],
    because: "the hook stands on it, and has to start in Node's own time",
  },
  {
    room: "host-node/hook/**",
    may: [state, "node:fs", "node:path", "node:child_process"],
    because: "an agent waits for it: whatever else it loaded would be time at every turn",
  },
  {
    room: "host-node/store/**",
    may: [state, "bridge/**", "host-node/build/totals", "host-node/build/tree", "node:fs", "node:path"],
    because: "what is stored is read back without the core and without words for people: the shape of a tree is all it shares",
  },
  {
    room: config,
    may: [state, "node:fs", "node:path", "jsonc-parser"],
    because: "settings are read by whatever runs, so reading them needs no command; the library only finds lines and edits, for people",
  },
  {
    room: "host-node/exporter/**",
    may: ["node:**", "package.json", "proxy-from-env", "http-proxy-agent", "https-proxy-agent"],
    because: "sending knows requests and outcomes: neither how a request came about nor where one is kept; the libraries only find a way through a proxy",
  },
  {
    room: "host-node/setup/**",
    may: [state, config, "node:fs", "node:path", "jsonc-parser", "diff"],
    because: "what is done to another program's settings stands apart from all that is done with traces",
  },
  {
    room: "host-node/sources/opencode/**",
    may: ["host-node/sources/*", "node:**", "node-sqlite3-wasm"],
    because: "a database engine is loaded where a database is met, in a bundle of its own",
  },
  {
    room: "host-node/collect/**",
    may: [state, config, "host-node/store/lines", "host-node/exporter/*", "host-node/sources/document", "host-node/worker/*", "host-node/wasm", "node:**", "eventsource-parser"],
    because: "a server that is followed becomes files, which the worker's own means bring on: it knows neither core nor store",
  },
  {
    room: "host-node/doctor/**",
    may: [state, config, "host-node/setup/**", "host-node/store/folder", "host-node/exporter/**", "host-node/worker/targets", "host-node/worker/report", "host-node/sources/head", "host-node/sources/cwd", "node:**"],
    because: "a diagnosis reads what the other rooms have left and asks whom they would ask: it does none of their work and prints nothing",
  },
  {
    room: "host-node/**",
    may: [
      state,
      config,
      "host-node/hook/hook",
      "host-node/doctor/**",
      "host-node/setup/**",
      "host-node/store/**",
      "host-node/exporter/**",
      "host-node/collect/collector",
      "host-node/collect/server",
      "host-node/sources/opencode/head",
      "host-node/sources/opencode/records",
      "host-node/sources/opencode/sources",
      "bridge/**",
      "node:**",
      "package.json",
    ],
    because: "a host reaches the core through the bridge alone; a library to be bundled is named here when it is chosen",
  },
  { room: "host-browser/**", may: ["bridge/**"], because: "a host reaches the core through the bridge alone, and knows no other host" },
  { room: "tests/**", may: ["**"], because: "a test may look anywhere" },
  { room: "bench/**", may: ["**"], because: "a measurement may look anywhere" },
  { room: "tools/**", may: ["**"], because: "a tool may look anywhere" },
];

// What the rules do not allow and the tree does all the same: from a file, to a file or package, and the reason it is
// borne for now. A debt that is no longer owed fails the check until its line is removed.
//   { from: "assembly/trace/clock", to: "assembly/otlp/fields", because: "..." },
export const debts = [];
