import type { Activation } from "@em-stellar/kernels/backend";
import { exactly } from "./wgsl.js";

/** WGSL of an activation and its slopes. Of V are `activate(value)`, and what of a gradient belongs to values above 0 and below. */
export function activationCode(activation: Activation): string {
  return exactly + codes[activation];
}

/** Whether it has slopes: variables `slopeBelow` and `slopeAbove` of the shader. */
export function hasSlopes(activation: Activation): boolean {
  return activation === "prelu" || activation === "tlu";
}

const slopes = `
var<private> slopeBelow: V;
var<private> slopeAbove: V;
fn activate(value: V) -> V { return positivePart(value) * slopeAbove + negativePart(value) * slopeBelow; }
fn partAbove(gradient: V, value: V) -> V { return select(V(0), gradient, value > V(0)); }
`;

const codes: Readonly<Record<Activation, string>> = {
  linear: `
fn activate(value: V) -> V { return value; }
fn partAbove(gradient: V, value: V) -> V { return gradient; }
`,
  relu: `
fn activate(value: V) -> V { return positivePart(value); }
fn partAbove(gradient: V, value: V) -> V { return select(V(0), gradient, value > V(0)); }
`,
  // A PReLU takes 0 for negative, and a TLU for neither.
  prelu: `${slopes}
fn partBelow(gradient: V, value: V) -> V { return select(gradient, V(0), value > V(0)); }
`,
  tlu: `${slopes}
fn partBelow(gradient: V, value: V) -> V { return select(V(0), gradient, value < V(0)); }
`,
};
