;; Opens the core's memory to a host that can call functions and nothing else: it passes integers and wants exactly one back.
;;
;; wasm-merge joins it with the core as it was built: that is read and written again, but not optimized, so what Wasmtime
;; compiles are the core's own functions.
(module
  (import "core" "memory" (memory 0))

  ;; The four bytes at an address.
  (func (export "peek") (param $address i32) (result i32)
    (i32.load align=1 (local.get $address)))

  ;; Puts one byte at an address.
  (func (export "poke") (param $address i32) (param $byte i32) (result i32)
    (i32.store8 (local.get $address) (local.get $byte))
    (i32.const 0))

  ;; Puts eight bytes at an address: the first four, the last four.
  (func (export "poke8") (param $address i32) (param $first i32) (param $last i32) (result i32)
    (i32.store align=1 (local.get $address) (local.get $first))
    (i32.store offset=4 align=1 (local.get $address) (local.get $last))
    (i32.const 0)))
