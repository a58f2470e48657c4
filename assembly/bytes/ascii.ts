// String literals of the core: ASCII text at a fixed place. The compiler would make an object of UTF-16 of each; instead
// tools/ascii.mjs, a transform of the compiler, packs them all into one table: the length in two bytes, then the text. So what has
// the type `string` is the address of such an entry, and is read by the functions of this file alone.
// Specs are compiled without the transform: there, a literal is the compiler's string.

// @ts-ignore: decorator
@inline
export function asciiLength(text: string): u32 {
  // @ts-ignore: LITERALS is the transform's
  if (isDefined(LITERALS)) return load<u16>(changetype<usize>(text));
  return text.length;
}

/** Address of the bytes. */
// @ts-ignore: decorator
@inline
export function asciiBytes(text: string): usize {
  // @ts-ignore: LITERALS is the transform's
  if (isDefined(LITERALS)) return changetype<usize>(text) + 2;
  return encoded(text);
}

function encoded(text: string): usize {
  const at = heap.alloc(text.length);
  for (let i = 0; i < text.length; i++) store<u8>(at + i, <u8>text.charCodeAt(i));
  return at;
}

/** The byte at a place in the text. */
// @ts-ignore: decorator
@inline
export function asciiAt(text: string, place: u32): u8 {
  // @ts-ignore: LITERALS is the transform's
  if (isDefined(LITERALS)) return load<u8>(changetype<usize>(text) + place, 2);
  return <u8>text.charCodeAt(place);
}

/** Does the text stand at an address? */
export function asciiIs(at: usize, text: string): bool {
  const length = asciiLength(text);
  for (let i: u32 = 0; i < length; i++) if (load<u8>(at + i) != asciiAt(text, i)) return false;
  return true;
}
