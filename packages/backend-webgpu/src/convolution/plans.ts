import type { Half } from "./half.js";
import { tileName } from "./tile.js";
import type { Plan, Task, Tuning } from "./tuning.js";

/** What a product runs, with the tile that is best as far as is known. `product` names it; `describe` is asked for each name once. */
export type Plans = <P extends Plan>(product: string, describe: (key: string) => Task<P>) => P;

/** Plans for the products of a device. The shaders are long texts: they are written once, not in every step. */
export function createPlans(tuning: Tuning, half?: Half): Plans {
  const tasks = new Map<string, Task>();
  const plans = new Map<string, Plan>();
  return <P extends Plan>(product: string, describe: (key: string) => Task<P>): P => {
    const key = half ? `half ${product}` : product;
    const task = (tasks.get(key) as Task<P> | undefined) ?? describe(key); // the same key, so the same kind of task
    tasks.set(key, task);
    const tile = tuning.tileFor(task);
    const name = `${key} ${tileName(tile)}`;
    const plan = (plans.get(name) as P | undefined) ?? task.plan(tile); // likewise
    plans.set(name, plan);
    return plan;
  };
}
