// A transform of the compiler: packs the string literals of the core, as ASCII, into one table of static memory, each once.
// assembly/bytes/ascii.ts reads them. As the compiler's own strings they were a seventh of the module, compressed.

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

/** Would read a literal as the compiler's string. */
function readsUtf16(node, path) {
  return node.kind === NodeKind.PropertyAccess && node.property.text === "charCodeAt" && path !== `${room}bytes/ascii.ts`;
}

/** Calls `replace` with every string literal below a node, and puts what it answers in its place. */
function replaceStrings(node, path, replace) {
  if (isForCompiler(node)) return;
  if (readsUtf16(node, path)) throw new Error(`${path}: literals are read by ${room}bytes/ascii.ts`);
  for (const [key, value] of Object.entries(node)) {
    const places = Array.isArray(value) ? value : node;
    for (const [place, each] of Array.isArray(value) ? value.entries() : [[key, value]]) {
      if (!(each instanceof Node)) continue;
      if (each.kind === NodeKind.Literal && each.literalKind === LiteralKind.String) places[place] = replace(each.value);
      else replaceStrings(each, path, replace);
    }
  }
}

export default class extends Transform {
  afterParse(parser) {
    const bytes = [];
    const places = new Map();
    for (const source of parser.sources.filter(({ normalizedPath }) => normalizedPath.startsWith(room))) {
      replaceStrings(source, source.normalizedPath, (text) => {
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
