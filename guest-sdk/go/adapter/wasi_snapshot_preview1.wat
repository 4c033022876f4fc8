;; What Go takes for its operating system: the functions of WASI preview 1 that Go 1.27 may import, on nothing but numbers.
;;
;; - The clock stands still. It moves when the module says what time it is in the run, and when Go's scheduler has nothing
;;   to run and asks to be woken at its next timer.
;; - Randomness is splitmix64: from a constant until the run has begun, then from the run's seed.
;; - There are no files, no sockets, no arguments and no environment.
;; - What is written is dropped, but for Go's last words when it dies.
;;
;; Nothing here calls the host, as Go may ask for the time while the host has it allocate memory, when no call is
;; possible. The one exception is `proc_exit`: nothing runs after it, and the host must hear why.
(module
  (import "mainspring:workflow/outcome@0.1.0" "block" (func $block (param i32 i32)))
  (import "env" "memory" (memory 0))

  (global $monotonic (mut i64) (i64.const 1_000_000_000)) ;; Nanoseconds; Go refuses a clock that shows 0.
  (global $epoch (mut i64) (i64.const 0))                 ;; What to add for the time of day, once it is known.
  (global $chance (mut i64) (i64.const 0x6d61696e73707267))
  (global $failure (mut i32) (i32.const 0))               ;; The failure to report when the module exits, if any.
  (global $text (mut i32) (i32.const 0))                  ;; Room for last words, how much, and how much is taken.
  (global $capacity (mut i32) (i32.const 0))
  (global $length (mut i32) (i32.const 0))

  ;; The time of the run, in nanoseconds since 1970. It never goes back.
  (func (export "mainspring_set_clock") (param $now i64)
    (if (i64.eqz (global.get $epoch))
      (then (global.set $epoch (i64.sub (local.get $now) (global.get $monotonic)))))
    (local.set $now (i64.sub (local.get $now) (global.get $epoch)))
    (if (i64.gt_s (local.get $now) (global.get $monotonic))
      (then (global.set $monotonic (local.get $now)))))

  (func (export "mainspring_set_seed") (param $s0 i64) (param $s1 i64)
    (global.set $chance (i64.xor (local.get $s0) (i64.rotl (local.get $s1) (i64.const 32)))))

  ;; `failure` is a list of one failure layer, as the contract stores it.
  (func (export "mainspring_report_exit") (param $failure i32) (param $text i32) (param $capacity i32)
    (global.set $failure (local.get $failure))
    (global.set $text (local.get $text))
    (global.set $capacity (local.get $capacity)))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (i64.store (local.get $time)
      (if (result i64) (local.get $clock)
        (then (global.get $monotonic))
        (else (i64.add (global.get $monotonic) (global.get $epoch)))))
    (i32.const 0))

  ;; Go asks for one thing only, the time until its next timer (relative, at offset 24), and that is over at once.
  (func (export "poll_oneoff") (param $in i32) (param $out i32) (param $count i32) (param $events i32) (result i32)
    (if (i32.load8_u offset=8 (local.get $in)) (then (return (i32.const 52))))
    (global.set $monotonic (i64.add (global.get $monotonic) (i64.load offset=24 (local.get $in))))
    (i64.store (local.get $out) (i64.load (local.get $in)))
    (i64.store offset=8 (local.get $out) (i64.const 0))
    (i32.store (local.get $events) (i32.const 1))
    (i32.const 0))

  (func (export "random_get") (param $at i32) (param $length i32) (result i32)
    (local $end i32) (local $bits i64)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (global.set $chance (i64.add (global.get $chance) (i64.const 0x9e3779b97f4a7c15)))
        (local.set $bits (global.get $chance))
        (local.set $bits (i64.mul (i64.xor (local.get $bits) (i64.shr_u (local.get $bits) (i64.const 30)))
          (i64.const 0xbf58476d1ce4e5b9)))
        (local.set $bits (i64.mul (i64.xor (local.get $bits) (i64.shr_u (local.get $bits) (i64.const 27)))
          (i64.const 0x94d049bb133111eb)))
        (i64.store8 (local.get $at) (i64.shr_u (local.get $bits) (i64.const 56)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  (func (export "fd_write") (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (if (i32.eq (local.get $fd) (i32.const 2))
          (then (call $listen (i32.load (local.get $iovs)) (i32.load offset=4 (local.get $iovs)))))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $iovs))))
        (local.set $iovs (i32.add (local.get $iovs) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $written) (local.get $sum))
    (i32.const 0))

  ;; Keeps what may be last words. They begin with "panic: " or "fatal error: ", which Go writes in one piece; what was
  ;; there before was about something else.
  (func $listen (param $from i32) (param $length i32)
    (if (i32.ge_u (local.get $length) (i32.const 4))
      (then
        (if (i32.or
              (i32.eq (i32.load (local.get $from)) (i32.const 0x696e6170))  ;; "pani"
              (i32.eq (i32.load (local.get $from)) (i32.const 0x61746166))) ;; "fata"
          (then (global.set $length (i32.const 0))))))
    (if (i32.gt_u (local.get $length) (i32.sub (global.get $capacity) (global.get $length)))
      (then (local.set $length (i32.sub (global.get $capacity) (global.get $length)))))
    (memory.copy (i32.add (global.get $text) (global.get $length)) (local.get $from) (local.get $length))
    (global.set $length (i32.add (global.get $length) (local.get $length))))

  ;; The first line is the failure's message (offsets 0 and 4), the others are its stack trace (16 and 20).
  (func (export "proc_exit") (param $code i32)
    (local $line i32)
    (if (i32.eqz (global.get $failure)) (then (unreachable)))
    (if (global.get $length)
      (then
        (block $found
          (loop $next
            (br_if $found (i32.eq (local.get $line) (global.get $length)))
            (br_if $found (i32.eq (i32.load8_u (i32.add (global.get $text) (local.get $line))) (i32.const 10)))
            (local.set $line (i32.add (local.get $line) (i32.const 1)))
            (br $next)))
        (i32.store (global.get $failure) (global.get $text))
        (i32.store offset=4 (global.get $failure) (local.get $line))
        (i32.store offset=16 (global.get $failure) (i32.add (global.get $text) (local.get $line)))
        (i32.store offset=20 (global.get $failure) (i32.sub (global.get $length) (local.get $line)))))
    (call $block (global.get $failure) (i32.const 1))
    (unreachable))

  (func (export "sched_yield") (result i32) (i32.const 0))

  (func (export "args_sizes_get") (param $count i32) (param $size i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $size) (i32.const 0))
    (i32.const 0))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "environ_sizes_get") (param $count i32) (param $size i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $size) (i32.const 0))
    (i32.const 0))
  (func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))

  ;; EBADF: there are no directories to begin with. This is how Go finds the end of their list.
  (func (export "fd_prestat_get") (param i32 i32) (result i32) (i32.const 8))

  ;; ENOSYS for all else.
  (func (export "fd_close") (param i32) (result i32) (i32.const 52))
  (func (export "fd_fdstat_get") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_fdstat_set_flags") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 52))
  (func (export "fd_filestat_get") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 52))
  (func (export "fd_pread") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_read") (param i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 52))
  (func (export "fd_sync") (param i32) (result i32) (i32.const 52))
  (func (export "path_create_directory") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_filestat_get") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 52))
  (func (export "path_readlink") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_remove_directory") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_rename") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_symlink") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_unlink_file") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_accept") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_shutdown") (param i32 i32) (result i32) (i32.const 52)))
