// The JSON values of a document that is no line of rows alone: Server-Sent Events, lines, the elements of an array, or objects
// spread over lines. For whoever wants to know what a record says that spans do not; the core judges rows, this only finds
// what can be read, and passes over the rest.

export type Form = "sse" | "lines" | "array" | "objects";

/** Reads a piece of the document; fewer bytes than asked for at its end alone. */
export type ReadPiece = (buffer: Buffer, position: number) => number;

type Json = Readonly<Record<string, unknown>>;

const pieceBytes = 1024 * 1024;
/** Of a value that is longer nothing is told: it would have to be held whole. */
const mostBytes = 256 * 1024 * 1024;

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** How the values lie in a document, by its beginning; words may stand before it. */
export function formOf(head: string): Form {
  const text = head.replace(/^\ufeff/, "");
  const at = (pattern: RegExp): number => pattern.exec(text)?.index ?? Infinity;
  const [data, array, object] = [at(/^data:/m), at(/^[ \t]*\[/m), at(/^[ \t]*\{/m)] as const;
  if (data < array && data < object) return "sse";
  if (array < object) return "array";
  return /^[ \t]*\{\s*"info"\s*:/.test(text.slice(object)) ? "objects" : "lines";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The document without its byte order mark, piece by piece; a piece is good until the next. */
function* pieces(read: ReadPiece): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (let position = 0; ; ) {
    const length = read(buffer, position);
    if (length === 0) return;
    const isMarked = position === 0 && length > 2 && buffer.readUIntBE(0, 3) === 0xefbbbf;
    position += length;
    yield buffer.subarray(isMarked ? 3 : 0, length);
  }
}

function* lines(read: ReadPiece): Generator<string> {
  let kept: Buffer[] = [];
  let length = 0;
  for (const piece of pieces(read)) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      kept.push(piece.subarray(from, end));
      yield Buffer.concat(kept).toString();
      kept = [];
      length = 0;
      from = end + 1;
    }
    length += piece.length - from;
    // The buffer is used again.
    kept = length > mostBytes ? [] : [...kept, Buffer.from(piece.subarray(from))];
  }
  if (length > 0) yield Buffer.concat(kept).toString();
}

/** Of Server-Sent Events what follows `data:`; one that is cut over several lines is put together. */
function* dataOf(read: ReadPiece): Generator<unknown> {
  let open = "";
  for (const line of lines(read)) {
    if (!line.startsWith("data:")) {
      if (line.trim() === "") open = "";
      continue;
    }
    const data = line.slice(5).trim();
    const alone = open === "" ? undefined : parsed(open + data);
    const value = alone ?? parsed(data);
    open = value === undefined ? open + data : "";
    if (value !== undefined) yield value;
  }
}

const [quote, escape, newline, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x0a, 0x7b, 0x7d, 0x5b, 0x5d];

/** Objects that lie in so many others, wherever their lines end. One that begins a line of objects begins anew. */
function* objects(read: ReadPiece, within: number): Generator<unknown> {
  let depth = 0;
  let held: Buffer[] = [];
  let length = 0;
  let inString = false;
  let escaped = false;
  let last = newline;
  for (const piece of pieces(read)) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number;
      const before = last;
      last = byte;
      if (within === 0 && byte === openBrace && before === newline) [depth, inString, held, length] = [0, false, [], 0];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === escape) escaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = depth > within;
      else if (byte === openBrace || (byte === openBracket && (depth > 0 || within > 0))) {
        if (depth++ === within) from = at;
      } else if ((byte === closeBrace || byte === closeBracket) && depth > 0 && --depth === within) {
        const value = parsed(Buffer.concat([...held, piece.subarray(from, at + 1)]).toString());
        [held, length] = [[], 0];
        if (value !== undefined) yield value;
      }
    }
    if (depth <= within) continue;
    length += piece.length - from;
    held = length > mostBytes ? [] : [...held, Buffer.from(piece.subarray(from))];
  }
}

/** The values of a document, in order. */
export function* valuesOf(form: Form, read: ReadPiece): Generator<unknown> {
  if (form === "sse") yield* dataOf(read);
  else if (form === "array") yield* objects(read, 1);
  else if (form === "objects") yield* objects(read, 0);
  else
    for (const line of lines(read)) {
      const value = parsed(line);
      if (value !== undefined) yield value;
    }
}
