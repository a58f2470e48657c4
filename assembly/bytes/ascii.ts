// Fixed names as UTF-8 in static memory, made once when the module starts.

/** Address of a u32 length and the bytes of an ASCII literal. */
export function ascii(text: string): usize {
  const length = text.length;
  const at = heap.alloc(4 + length);
  store<u32>(at, length);
  for (let i = 0; i < length; i++) store<u8>(at + 4 + i, <u8>text.charCodeAt(i));
  return at;
}

// @ts-ignore: decorator
@inline
export function asciiBytes(name: usize): usize {
  return name + 4;
}

// @ts-ignore: decorator
@inline
export function asciiLength(name: usize): u32 {
  return load<u32>(name);
}
