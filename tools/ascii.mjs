// A transform of the compiler: packs the string literals of the core, as ASCII, into one table of static memory, each once.
// assembly/bytes/ascii.ts reads them. As the compiler's own strings they were a fifth of the module as it is sent.

import { LiteralKind, Node, NodeKind, Parser, Source, SourceKind, Tokenizer } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const room = "assembly/";

/** The entry of a text: its length in two bytes, then the text. */
function entry(text, where) {
  if (!/^[\0-\x7f]{0,65535}$/.test(text)) throw new Error(`${where}: no ASCII: ${JSON.stringify(text)}`);
  return [text.length & 0xff, text.length >> 8, ...Buffer.from(text, "latin1")];
}

/** A string that the compiler itself reads: a path, or the name of a field. */
function isForCompiler(node) {
  if (node.kind === NodeKind.Import || node.kind === NodeKind.Export || node.kind === NodeKind.Decorator) return true;
  return node.kind === NodeKind.Call && node.expression.text === "offsetof";
}

/** Calls `replace` with every string literal below a node, and puts what it answers in its place. */
function replaceStrings(node, replace) {
  if (isForCompiler(node)) return;
  for (const [key, value] of Object.entries(node)) {
    const places = Array.isArray(value) ? value : node;
    for (const [place, each] of Array.isArray(value) ? value.entries() : [[key, value]]) {
      if (!(each instanceof Node)) continue;
      if (each.kind === NodeKind.Literal && each.literalKind === LiteralKind.String) places[place] = replace(each.value);
      else replaceStrings(each, replace);
    }
  }
}

export default class extends Transform {
  afterParse(parser) {
    const bytes = [];
    const places = new Map();
    for (const source of parser.sources.filter(({ normalizedPath }) => normalizedPath.startsWith(room))) {
      replaceStrings(source, (text) => {
        if (!places.has(text)) {
          places.set(text, bytes.length);
          bytes.push(...entry(text, source.normalizedPath));
        }
        const said = `changetype<string>(LITERALS + ${places.get(text)})`;
        return new Parser().parseExpression(new Tokenizer(new Source(SourceKind.User, source.normalizedPath, said)));
      });
    }
    parser.parseFile(`@global @lazy const LITERALS: usize = memory.data<u8>([${bytes}]);`, `${room}literals.ts`, true);
  }
}
