// The two sinks, and which of them is at work.

import { FORMAT_JSON } from "../abi/layout";
import { JsonSink } from "./json";
import { ProtoSink } from "./proto";

export const proto = new ProtoSink();
export const json = new JsonSink();
export let isJson: bool = false;

export function setFormat(format: i32): void {
  isJson = format == FORMAT_JSON;
}
