import { bar, duration } from "./format.js";

/** Named tasks of so many images each, and how far each has come. */
export interface TasksProgress {
  /** What is being done: `Scoring`. */
  readonly doing: string;
  readonly tasks: readonly { readonly name: string; readonly images: number; readonly done: number }[];
  /** Seconds since the first task began. */
  readonly seconds: number;
}

/** Live lines, each at most `columns` wide: a bar for each task that goes on, and one for all with a rate and the time left. */
export function renderTasks({ doing, tasks, seconds }: TasksProgress, columns: number): string[] {
  const total = sum(tasks.map(({ images }) => images));
  const done = sum(tasks.map((task) => task.done));
  if (done === total) return [];
  const active = tasks.filter((task) => task.done > 0 && task.done < task.images);
  const labelWidth = Math.min(Math.max(...[doing, ...active.map(({ name }) => name)].map(({ length }) => length)), 32);
  const width = Math.min(Math.max(columns - labelWidth - 46, 8), 32);
  const line = (label: string, share: number, details: string[]) => {
    const start = `${label.slice(0, labelWidth).padEnd(labelWidth)}  ${bar(share, width)}`;
    while (details.length > 0 && [start, ...details].join("   ").length > columns) details.pop();
    return [start, ...details].join("   ").slice(0, columns);
  };
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? [`${rate.toPrecision(2)} images/s`, `${duration((total - done) / rate)} left`] : [];
  return [
    ...active.map((task) => line(task.name, task.done / task.images, [`${task.done}/${task.images}`])),
    line(doing, done / total, [`${done}/${total} images`, ...left]),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
