import type { StopSignal } from "@em-stellar/core";
import type { Place } from "@em-stellar/data";
import { perform, type ResultOf, type Task, type TaskTools } from "./tasks.js";

/**
 * Does a list of tasks; the results, in the order of the tasks. `onImage` is told a task's place in the list after each of
 * its images, `onDone` when it is done. The first task that fails ends the list with its error.
 */
export type TaskPerformer<P extends Place = Place> = <T extends Task<P>>(
  tasks: readonly T[],
  onImage: (index: number) => void,
  onDone: (index: number, result: ResultOf<T>) => void,
) => Promise<ResultOf<T>[]>;

/** Does one task after another in this thread. Throws the signal's reason between two images where it is aborted. */
export function inThisThread<P extends Place>(tools: TaskTools<P>, signal?: StopSignal): TaskPerformer<P> {
  return async <T extends Task<P>>(
    tasks: readonly T[],
    onImage: (index: number) => void,
    onDone: (index: number, result: ResultOf<T>) => void,
  ) => {
    const results: ResultOf<T>[] = [];
    for (const [index, task] of tasks.entries()) {
      const result = await perform(task, tools, () => onImage(index), signal);
      results.push(result);
      onDone(index, result);
    }
    return results;
  };
}
