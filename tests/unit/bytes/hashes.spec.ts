// The two hashes ids are made of, against published vectors and against implementations in other languages.
// What is hashed, and in which order, is not looked at here: docs/SPANS.md has that recipe and tests/oracle repeats it.

import { murmur3, murmur3High } from "../../../assembly/bytes/murmur3";
import { sha256, sha256Scalar } from "../../../assembly/bytes/sha256";
import { Bytes, hex, hex64, repeated, room, utf8 } from "../support/bytes";
import { Random } from "../support/random";

function murmurOf(bytes: Bytes): string {
  const first = murmur3(bytes.from, <u32>bytes.length);
  return hex64(first) + hex64(murmur3High);
}

const digest = room(32);

function shaOf(bytes: Bytes): string {
  sha256(bytes.from, bytes.length, digest.from);
  const fast = hex(digest.from, 32);
  sha256Scalar(bytes.from, bytes.length, digest.from);
  return hex(digest.from, 32) == fast ? fast : "the twins differ";
}

// Of the bytes (37 i + length) mod 256, one hash a length from 0: every length of the tail, behind no block and behind one.
// Made by tests/oracle/identity.ts and the same by mmh3 5.3 for Python.
const BY_LENGTH: StaticArray<string> = [
  "00000000000000000000000000000000",
  "7ace5c908374fe16778867e4430e6785",
  "0b187117f36ecef9d3512f1491fa7841",
  "b31fd468a34b4c380fd260959e9cd54b",
  "46b2f1dbb55ca01e4a58998624d6c276",
  "0666c82d437a62a19202d19f269c983f",
  "07c11c0ef1c53e39b8bcab4773f1f6af",
  "ba2a5b4da4ef64bd2ab281b9bff8a98a",
  "81b4fe57550ef2c3fe4559e435dda6ff",
  "2ece911021513df592035305a659f9fe",
  "67906b4bdf96c6fce64c5b5b92de57a8",
  "ce105a4d0920d564c5c7129b727fc1d6",
  "2ad57d3cd717a31fd4c6a72450f17436",
  "df9149dc40275724dcc8cec3d5d24097",
  "29261c2d85ee82fbb142124c8b9deb64",
  "d287e69da5f5aa8a9159c06b95fb3465",
  "d8a587ce6919966373bbc008f2fa8a1e",
  "a028636779f48508cc202276a59bd6cf",
  "75541086c2f4d100251e681e6cb98964",
  "688b91f2dd888a8b276bfe791f5be7e7",
  "3f728420c88cb8a75cf8ee72f8dce578",
  "517db7192db6df0febe9ac5e212002d8",
  "7120377f6d79583086a9175d242cfb57",
  "a6d374dcfa7002041f3d4fc0a0740e4d",
  "f9fe753b7955ab0476a6a10c9baf9926",
  "0d3fd42019fd6871844c18d58fdd0049",
  "fd356ed9004f5be0b8a7efb2bcb3dc80",
  "6069c2e33bb6f0e94e10e2031898a810",
  "4e762dbfc39a9ec99db64a1caf5aba34",
  "c59f480afb0576108804ae102cdbe732",
  "e25c9fea4b6f53afa154bed214db0912",
  "d865690eeea423492bdd0b7803b9f2dc",
  "4730e49a7a1a09830f92c12c819d6054",
  "3acc521a50111b48c1a26d0837a86fa3",
];

describe("murmur3", () => {
  test("gives the published hashes", () => {
    expect(murmurOf(utf8(""))).toBe("00000000000000000000000000000000");
    expect(murmurOf(utf8("hello"))).toBe("cbd8a7b341bd9b025b1e906a48ae1d19");
    expect(murmurOf(utf8("hello, world"))).toBe("342fac623a5ebc8e4cdcbc079642414d");
    expect(murmurOf(utf8("19 Jan 2038 at 3:14:07 AM"))).toBe("b89e5988b737affc664fc2950231b2cb");
    expect(murmurOf(utf8("The quick brown fox jumps over the lazy dog"))).toBe("e34bbc7bbc071b6c7a433ca9c49a9347");
    expect(murmurOf(utf8("The quick brown fox jumps over the lazy dog."))).toBe("cd99481f9ee902c9695da1a38987b6e7");
  });

  test("gives what others give for every length of the tail", () => {
    for (let length = 0; length < BY_LENGTH.length; length++) {
      const bytes = room(length);
      for (let i = 0; i < length; i++) store<u8>(bytes.from + i, <u8>(i * 37 + length));
      expect(murmurOf(bytes)).toBe(unchecked(BY_LENGTH[length]), length.toString() + " bytes");
    }
  });

  test("is the same wherever the bytes lie", () => {
    const text = "The quick brown fox jumps over the lazy dog";
    for (let shift: usize = 0; shift < 16; shift++) {
      const bytes = room(<usize>text.length + shift);
      String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, bytes.from + shift);
      expect(hex64(murmur3(bytes.from + shift, text.length))).toBe("e34bbc7bbc071b6c");
    }
  });
});

describe("sha256", () => {
  test("gives the vectors of FIPS 180-4", () => {
    expect(shaOf(utf8(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(shaOf(utf8("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(shaOf(utf8("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(
      shaOf(utf8("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")),
    ).toBe("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    expect(shaOf(repeated(0x61, 1000000))).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  });

  // Where the length no longer fits behind the last bytes, and where a block is just full; node:crypto says the same.
  test("pads every kind of rest", () => {
    expect(shaOf(repeated(0x61, 1))).toBe("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    expect(shaOf(repeated(0x61, 55))).toBe("9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    expect(shaOf(repeated(0x61, 56))).toBe("b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    expect(shaOf(repeated(0x61, 57))).toBe("f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6");
    expect(shaOf(repeated(0x61, 63))).toBe("7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
    expect(shaOf(repeated(0x61, 64))).toBe("ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    expect(shaOf(repeated(0x61, 65))).toBe("635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0");
    expect(shaOf(repeated(0x61, 119))).toBe("31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
    expect(shaOf(repeated(0x61, 120))).toBe("2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c");
    expect(shaOf(repeated(0x61, 128))).toBe("6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e");
  });

  test("is the same by both versions", () => {
    const random = new Random(0x5eed0042);
    const bytes = room(1000);
    let wrong = -1;
    for (let round = 0; round < 500; round++) {
      const from = <usize>random.below(16);
      random.fill(bytes.from, bytes.length);
      if (shaOf(new Bytes(bytes.from + from, random.below(980))) == "the twins differ") wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });

  test("keeps nothing of the hash before", () => {
    const long = shaOf(repeated(0x62, 200));
    shaOf(utf8("something else that fills two blocks, so that their bytes lie about when the next one is padded"));
    expect(shaOf(repeated(0x62, 200))).toBe(long);
    expect(shaOf(utf8("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
