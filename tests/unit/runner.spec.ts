// What the other specs take for granted of their runner: SIMD is on, classes compare by value, traps are caught.
// The second stops compiling when as-pect and the compiler disagree about node kinds (tools/patch-as-pect.mjs).

class Pair {
  constructor(
    public left: i32,
    public right: string,
  ) {}
}

describe("the unit runner", () => {
  test("compiles with SIMD", () => {
    expect(ASC_FEATURE_SIMD).toBe(true);
    expect(i8x16.bitmask(i8x16.eq(i8x16.splat(10), i8x16.splat(10)))).toBe(0xffff);
  });

  test("compares classes by value", () => {
    expect(new Pair(1, "a")).toStrictEqual(new Pair(1, "a"));
    expect(new Pair(1, "a")).not.toStrictEqual(new Pair(1, "b"));
  });

  test("survives a trap", () => {
    expect(() => {
      unreachable();
    }).toThrow();
  });
});
