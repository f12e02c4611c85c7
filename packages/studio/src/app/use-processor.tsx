import { chooseDevice, deviceChoice, deviceProblem } from "./device.js";

/** Offers the processor where another device was chosen and does not start. */
export function UseProcessor({ then }: { readonly then: () => void }) {
  if (deviceProblem.value === undefined || deviceChoice.value.backend === "wasm") return null;
  const use = () => {
    chooseDevice({ ...deviceChoice.value, backend: "wasm" });
    then();
  };
  return (
    <p>
      <button type="button" onClick={use}>
        Use the processor instead
      </button>
    </p>
  );
}
