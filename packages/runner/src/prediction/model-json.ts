import { InputError } from "@em-stellar/core";
import type { io } from "@tensorflow/tfjs-core";
import * as z from "zod";

const spec = z.object({
  name: z.string(),
  shape: z.array(z.number().int().min(0)),
  dtype: z.enum(["float32", "int32", "bool", "complex64"]),
  quantization: z
    .object({
      dtype: z.enum(["uint8", "uint16", "float16"]),
      scale: z.number().exactOptional(),
      min: z.number().exactOptional(),
      original_dtype: z.enum(["float32", "int32"]).exactOptional(),
    })
    .exactOptional(),
});

const modelJson = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(spec) })),
  format: z.string().nullish(),
});

/** What is used of a `model.json`. */
interface ModelJson {
  readonly modelTopology: io.ModelJSON["modelTopology"];
  readonly weightsManifest: io.WeightsManifestConfig;
  readonly format?: string | null | undefined;
}

/** The model in a `model.json`, layers apart. Throws `InputError`, which calls the file `name`, where its form is another one. */
export function parseModelJson(json: unknown, name: string): ModelJson {
  const parsed = modelJson.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join(".") || "the file"))];
  throw new InputError(
    `${name} is not a model of tfjs-layers: ${fields.slice(0, 3).join(", ")} ${fields.length === 1 ? "is" : "are"} missing or of another form.`,
  );
}
