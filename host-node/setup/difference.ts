// What a change does to the settings, as a unified difference. The settings may hold keys, in their variables or in other
// people's hooks, so of what is not ours only names are shown.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { type Node, parseTree } from "jsonc-parser";

const STARS = JSON.stringify("***");
const harmlessNames = new Set(["type", "matcher", "$schema"]);

/** The text with every string that is not ours starred. */
function masked(text: string, isOurs: (value: string) => boolean): string {
  const hidden: Node[] = [];
  const visit = (node: Node, name: string): void => {
    if (node.type === "property") return node.children?.[1] && visit(node.children[1], String(node.children[0]?.value));
    if (node.type === "string" && !harmlessNames.has(name) && !isOurs(node.value as string)) hidden.push(node);
    for (const child of node.children ?? []) visit(child, name);
  };
  const tree = parseTree(text);
  if (tree !== undefined) visit(tree, "");
  return hidden.reduceRight(
    (all, { offset, length }) => all.slice(0, offset) + STARS + all.slice(offset + length),
    text,
  );
}

/** Nothing before: a new file; nothing after: it goes. */
export function difference(
  path: string,
  before: string | undefined,
  after: string | undefined,
  isOurs: (value: string) => boolean,
): string {
  const [from, to] = [before, after].map((text) =>
    text === undefined ? "" : masked(text.replace(/^\ufeff/, ""), isOurs),
  );
  const name = (text: string | undefined): string => (text === undefined ? "/dev/null" : path);
  const headerOptions = FILE_HEADERS_ONLY;
  return createTwoFilesPatch(name(before), name(after), from as string, to as string, undefined, undefined, {
    headerOptions,
  });
}
