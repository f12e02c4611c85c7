import { job } from "./jobs";

// A job that several threads share stands in a control block of whole numbers:
const sequence: usize = 0; // the number of the job; idle threads wait for it to change
const claim: usize = 4; // the job's number (its low 16 bits) above the next part that nobody has taken
const finished: usize = 8; // parts that are done
const kindOfJob: usize = 12;
const argumentsOfJob: usize = 16;
const partsOfJob: usize = 20;

/**
 * Looks at memory this many times before going to sleep: about half a millisecond. Between two jobs, tfjs takes 0.02 to 0.2 ms,
 * and a thread that fell asleep takes 0.06 ms to wake up.
 */
const patience = 400000;

/** Runs a job in `parts` parts, with the help of the threads that are in {@link serve}; returns when all parts are done. */
export function share(control: usize, kind: i32, args: usize, parts: i32): void {
  const number = (atomic.load<i32>(control, sequence) + 1) & i32.MAX_VALUE;
  store<i32>(control, kind, kindOfJob);
  store<usize>(control, args, argumentsOfJob);
  store<i32>(control, parts, partsOfJob);
  atomic.store<i32>(control, 0, finished);
  // From here on nobody can take a part of an earlier job.
  atomic.store<i32>(control, number << 16, claim);
  atomic.store<i32>(control, number, sequence);
  atomic.notify(control + sequence, -1);
  work(control, number);
  for (let looks = 0; looks < patience; looks++) {
    if (atomic.load<i32>(control, finished) == parts) return;
  }
  while (true) {
    const done = atomic.load<i32>(control, finished);
    if (done == parts) return;
    atomic.wait<i32>(control + finished, done, -1);
  }
}

/** What a helping thread does all its life: wait for a job, work on it. Ends where the number of the job is negative. */
export function serve(control: usize): void {
  let last = atomic.load<i32>(control, sequence);
  while (true) {
    let number = last;
    for (let looks = 0; looks < patience && number == last; looks++) number = atomic.load<i32>(control, sequence);
    while (number == last) {
      atomic.wait<i32>(control + sequence, last, -1);
      number = atomic.load<i32>(control, sequence);
    }
    if (number < 0) return;
    work(control, number);
    last = number;
  }
}

/** Takes parts of a job and does them, until none is left. */
function work(control: usize, number: i32): void {
  while (true) {
    const next = atomic.load<i32>(control, claim);
    // A late thread finds another number here, and the parts of that job are not for it to take.
    if (next >>> 16 != (number & 0xffff)) return;
    const part = next & 0xffff;
    const parts = load<i32>(control, partsOfJob);
    if (part >= parts) return;
    if (atomic.cmpxchg<i32>(control, next, next + 1, claim) != next) continue;
    // What stands in the block now is this job's: it cannot end before its last part does.
    job(load<i32>(control, kindOfJob), load<usize>(control, argumentsOfJob), part, load<i32>(control, partsOfJob));
    if (atomic.add<i32>(control, 1, finished) + 1 == load<i32>(control, partsOfJob)) {
      atomic.notify(control + finished, -1);
    }
  }
}
