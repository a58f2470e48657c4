// The one entry the compiler is given: the door, and nothing else.
export * from "./abi/exports";
