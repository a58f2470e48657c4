// Turns a stretch of a session file, the inside of a JSON string as it was written, into the text it means.
// For showing a prompt on demand: the core never needs it, and it forgives what the core would count as broken.

const loneBackslash = /\\(?!["\\/bfnrtu])/g;
const badUnicode = /\\u(?![0-9a-fA-F]{4})/g;

/** How many bytes at the end belong to a code point or an escape that was cut off. */
function torn(bytes: Uint8Array): number {
  const length = bytes.length;
  // A UTF-8 sequence is at most four bytes; look back for its head.
  for (let back = 1; back <= Math.min(4, length); back++) {
    const byte = bytes[length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (need > back) return back;
    break;
  }
  // An escape is at most six bytes, a surrogate pair twelve; an even run of backslashes is no open escape.
  for (let back = 1; back <= Math.min(6, length); back++) {
    if (bytes[length - back] !== 0x5c) continue;
    let run = 1;
    while (back + run <= length && bytes[length - back - run] === 0x5c) run++;
    if (run % 2 === 0) return 0;
    const unicode = back > 1 && bytes[length - back + 1] === 0x75;
    return back < (unicode ? 6 : 2) ? back : 0;
  }
  return 0;
}

/**
 * The text that the inside of a JSON string means.
 * `cut` says that the bytes end before the string does; a code point or escape cut in half is then left out.
 */
export function jsonText(bytes: Uint8Array, cut = false): string {
  const whole = cut ? bytes.subarray(0, bytes.length - torn(bytes)) : bytes;
  const raw = new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
  if (!raw.includes("\\") && !/["\u0000-\u001f]/.test(raw)) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    const mended = raw
      .replace(/\\\\|\\"|"/g, (part) => (part === '"' ? '\\"' : part))
      .replace(/\\\\/g, "\\u005c")
      .replace(loneBackslash, "\\u005c")
      .replace(badUnicode, "\\u005cu")
      .replace(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
    try {
      return JSON.parse(`"${mended}"`) as string;
    } catch {
      return raw;
    }
  }
}
