import { nearestName } from "@em-stellar/core";
import * as z from "zod";
import { suiteForm } from "./suite-form.js";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** More are not listed: whoever fixes these tries again. */
const mostIssues = 50;

/** The problems with the form of a suite: a sentence for each place, with what it contains and what would work. */
export function problemsOf(json: unknown, issues: readonly Issue[]): string[] {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return [`A suite is an object, { "name": …, "data": …, "networks": [ … ] }, but this is ${shown(json)}.`];
  }
  const plain = issues.slice(0, mostIssues).flatMap((issue) => chosenBranch(issue, json));
  const meant = new Set<string>();
  const unknown = plain.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const fields = fieldsAt(issue.path);
    return issue.keys.slice(0, mostIssues).map((key) => {
      const remedy = remedyFor(key, issue.path, json);
      const nearest = remedy === undefined ? nearestName(key, fields) : undefined;
      if (nearest !== undefined) meant.add(placeOf([...issue.path, nearest]));
      const advice = nearest === undefined ? `Fields: ${fields.join(", ")}.` : `Did you mean "${nearest}"?`;
      return `${ownerOf(issue.path)} has no field "${key}". ${remedy ?? advice}`;
    });
  });
  const others = plain.flatMap((issue) => {
    if (issue.code === "unrecognized_keys" || meant.has(placeOf(issue.path))) return []; // misspelt, not missing
    return sentenceOf(issue, json);
  });
  return [...unknown, ...others];
}

function sentenceOf(issue: Issue, json: object): string {
  const place = placeOf(issue.path);
  const given = valueAt(json, issue.path);
  const needed = neededAt(issue.path);
  if (given === undefined) return `${place} is missing. It takes ${needed}.`;
  return `${place} takes ${needed}, but is ${shown(given)}.`;
}

/** Of a value that may take several forms, the problems of the form that it has. */
function chosenBranch(issue: Issue, json: object): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const branch = issue.errors.find(
    (problems) => !problems.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  const isText = typeof valueAt(json, issue.path) !== "object";
  if (!branch || isText) return [issue];
  return branch.flatMap((problem) => chosenBranch({ ...problem, path: [...issue.path, ...problem.path] }, json));
}

/** The schema of a place, through what may be left out and, of several forms, the one that has parts. */
function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = suiteForm;
  for (const part of path) {
    schema = inside(schema, typeof part === "number");
    if (schema instanceof z.ZodObject) schema = schema.shape[String(part)];
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return undefined;
  }
  return schema;
}

function inside(schema: z.core.$ZodType | undefined, isList: boolean): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return inside(schema.unwrap(), isList);
  }
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options.map((option) => inside(option, isList));
  return options.find((option) => (isList ? option instanceof z.ZodArray : option instanceof z.ZodObject));
}

function fieldsAt(path: Path): string[] {
  const schema = inside(schemaAt(path), false);
  const recorded = ["$schema", "schemaVersion", "kind", "package", "version"]; // written by us, not by people
  return schema instanceof z.ZodObject ? Object.keys(schema.shape).filter((field) => !recorded.includes(field)) : [];
}

/** In words: `a number`, `one of "fixed", "validation"`. */
function neededAt(path: Path): string {
  const words = wordsFor(schemaAt(path));
  const example = examples[placeOf(path).replaceAll(/\[\d+\]/g, "[]")];
  return example === undefined ? words : `${words}, such as ${example}`;
}

function wordsFor(schema: z.core.$ZodType | undefined): string {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return wordsFor(schema.unwrap());
  if (schema instanceof z.ZodNullable) return `${wordsFor(schema.unwrap())} or null`;
  if (schema instanceof z.ZodString) return "a text";
  if (schema instanceof z.ZodNumber) return "a number";
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodArray) return "a list";
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.map((option) => JSON.stringify(option)).join(", ")}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => JSON.stringify(value)).join(" or ");
  if (schema instanceof z.ZodUnion) {
    const isReference = schema.options.some((option) => option instanceof z.ZodString || option instanceof z.ZodUnion);
    return isReference ? 'an id, or { "id": …, "options": { … } }' : "an object, { … }, or a list of them";
  }
  return "an object, { … }";
}

/** By place, for the fields that people write first. */
const examples: Readonly<Record<string, string>> = {
  name: '"my-images"',
  networks: '["unet-bn", "prelu-net"]',
  metrics: '["jaccard", "f1"]',
  "networks[]": '"unet-bn"',
  "metrics[]": '"jaccard"',
  loss: '"binary-cross-entropy"',
  optimizer: '"radam"',
  data: '{ "id": "image-folder", "options": { "images": "train/images", "masks": "train/masks" } }',
  transferTo: '{ "other": { "id": "image-folder", "options": { "images": "other/images", "masks": "other/masks" } } }',
  seeds: "[1, 2]",
  plugins: '["my-lab", "./network.ts"]',
  "training.checkpoints": '["loss", "jaccard"]',
  "training[].name": '"batch-8"',
  trainingImages: "[2, 4, 8]",
};

/** Where a field that is right in another place belongs. */
function remedyFor(key: string, path: Path, json: object): string | undefined {
  const component = valueAt(json, path);
  if (
    path.length > 0 &&
    typeof component === "object" &&
    component !== null &&
    "id" in component &&
    nearestName(key, fieldsAt(path)) === undefined
  ) {
    const value = (component as Record<string, unknown>)[key];
    return `Put options into "options": { "id": ${JSON.stringify(component.id)}, "options": { ${JSON.stringify(key)}: ${shown(value)} } }.`;
  }
  const owner = ["training", "split", "augmentation"].find((name) => fieldsAt([name]).includes(key));
  if (path.length > 0 || owner === undefined) return undefined;
  return `Put it into "${owner}": { ${JSON.stringify(key)}: ${shown(valueAt(json, [...path, key]))} }.`;
}

function ownerOf(path: Path): string {
  return path.length === 0 ? "A suite" : placeOf(path);
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined, // any key of any object may be asked for
    json,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** `networks[1].options` */
export function placeOf(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}
