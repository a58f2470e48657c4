// The unit runner of the core: which specs, and how a compiled spec becomes an instance.
//
// tools/unit.mjs sets two variables: SPANLOOM_UNIT narrows the specs to a list separated by commas, and
// SPANLOOM_COVERAGE names the files of the core to cover.

const listed = (value) => (value ? value.split(",") : undefined);

export default {
  entries: listed(process.env.SPANLOOM_UNIT) ?? ["tests/unit/**/*.spec.ts"],
  include: [],
  disclude: [/node_modules/],
  coverage: listed(process.env.SPANLOOM_COVERAGE),
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
