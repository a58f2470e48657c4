// Results of calls: as the model saw them, and as the answer of a sub-agent whose transcript is not here.

import { isBlank } from "../json/text";
import {
  endOfValue,
  findFirstText,
  firstInList,
  firstTextEnd,
  firstTextStart,
  inList,
  nextInList,
  nextPair,
  pairIs,
  pairValue,
  pairValueEnd,
  setFirstText,
  textOfBlock,
} from "../json/walk";
import { FORM_LOOSE, FORM_TEXT, contents } from "../session/record";
import { addressOfContent, lengthOfContent } from "./content";
import * as sink from "./sink";
import { putContent, putFingerprint, putLoose } from "./values";

/** A call's result as an answer: a string, or the texts of a list. */
export function putResultAnswer(content: u32, failed: bool): void {
  sink.literal('[{"role":"assistant","parts":[');
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.literal('{"type":"text","content":');
    putContent(content);
    sink.literal("}");
  } else if (load<u8>(from) == 0x5b) {
    let comma = false;
    let at = firstInList(from, end);
    while ((at = behindSaying(at, end))) {
      if (comma) sink.literal(",");
      comma = true;
      sink.literal('{"type":"text","content":');
      sink.json(firstTextStart - 1, firstTextEnd + 1 - (firstTextStart - 1));
      sink.literal("}");
    }
  }
  sink.literal(failed ? '],"finish_reason":"error"}]' : '],"finish_reason":"stop"}]');
}

/** Does a result hold any text that is not blank? */
export function saysSomething(content: u32): bool {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) return !isBlank(from, end);
  return load<u8>(from) == 0x5b && behindSaying(firstInList(from, end), end) != 0;
}

/** Finds the next text of a list that is not blank; answers where the list goes on behind it, 0 if there is none. */
function behindSaying(at: usize, end: usize): usize {
  while (inList(at, end)) {
    const stop = endOfValue(at, end);
    const says = textOfBlock(at, stop) && !isBlank(firstTextStart, firstTextEnd);
    at = nextInList(stop, end);
    if (says) return at;
  }
  return 0;
}

/** Finds what a result says, a string or its first text block: firstTextStart and firstTextEnd. */
export function findSaying(content: u32): bool {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form != FORM_TEXT) return findFirstText(from, end);
  setFirstText(from, end);
  return true;
}

/** A result as the model saw it: a string decoded; a list as JSON, with size and fingerprint in the place of binary content. */
export function putResult(content: u32): void {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.text(from, end - from);
    return;
  }
  if (contents.at(content - 1).form == FORM_LOOSE) {
    putLoose(from, end);
    return;
  }
  if (load<u8>(from) != 0x5b) {
    sink.json(from, end - from);
    return;
  }
  sink.literal("[");
  let at = firstInList(from, end);
  let comma = false;
  while (inList(at, end)) {
    const stop = endOfValue(at, end);
    if (comma) sink.literal(",");
    comma = true;
    if (findBinary(at, stop)) putBinaryBlock();
    else sink.json(at, stop - at);
    at = nextInList(stop, end);
  }
  sink.literal("]");
}

// The binary block that findBinary() found: values with their quotes.
let blockType: usize = 0;
let blockTypeEnd: usize = 0;
let blockMedia: usize = 0;
let blockMediaEnd: usize = 0;
let blockData: usize = 0;
let blockDataEnd: usize = 0;

function findBinary(at: usize, end: usize): bool {
  if (load<u8>(at) != 0x7b) return false;
  let source: usize = 0;
  let sourceEnd: usize = 0;
  blockType = 0;
  blockTypeEnd = 0;
  let next = at + 1;
  while ((next = nextPair(next, end))) {
    if (pairIs("type")) {
      blockType = load<u8>(pairValue) == 0x22 ? pairValue : 0;
      blockTypeEnd = pairValueEnd;
    } else if (pairIs("source") && load<u8>(pairValue) == 0x7b) {
      source = pairValue;
      sourceEnd = pairValueEnd;
    }
  }
  if (!source || !blockType) return false;
  let base64 = false;
  blockMedia = 0;
  blockMediaEnd = 0;
  blockData = 0;
  next = source + 1;
  while ((next = nextPair(next, sourceEnd))) {
    if (pairIs("type")) base64 = pairValueEnd - pairValue == 8 && load<u64>(pairValue) == 0x2234366573616222; // "base64"
    else if (pairIs("media_type")) {
      blockMedia = load<u8>(pairValue) == 0x22 ? pairValue : 0;
      blockMediaEnd = pairValueEnd;
    } else if (pairIs("data") && load<u8>(pairValue) == 0x22) {
      blockData = pairValue + 1;
      blockDataEnd = pairValueEnd - 1;
    }
  }
  return base64;
}

function putBinaryBlock(): void {
  sink.literal('{"type":');
  sink.json(blockType, blockTypeEnd - blockType);
  sink.literal(',"source":{"type":"base64"');
  if (blockMedia) {
    sink.literal(',"media_type":');
    sink.json(blockMedia, blockMediaEnd - blockMedia);
  }
  if (blockData) putFingerprint(blockData, blockDataEnd - blockData);
  sink.literal("}}");
}
