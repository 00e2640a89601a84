/** What kind of control a JSON schema asks for. */

import { wordOf } from "../model/words";
import type { Json, JsonObject, Schema } from "../types";

export interface NumberField {
  type: "number";
  integer: boolean;
  minimum: number;
  maximum: number;
  exclusiveMinimum: boolean;
  exclusiveMaximum: boolean;
  scale: "linear" | "log";
  optional: boolean;
  /** Words that stand for a number, as “classes”. */
  words: string[];
}

export type Field =
  | NumberField
  | { type: "choice"; options: Json[]; optional: boolean }
  | { type: "flags"; options: string[] }
  | { type: "boolean" }
  | { type: "colour" }
  | { type: "text"; pattern: string | null; minLength: number; maxLength: number }
  | { type: "time" }
  | { type: "union"; tag: string; members: Record<string, Schema>; optional: boolean }
  | { type: "object"; properties: [string, Described][] }
  | { type: "list"; item: Described; maxItems: number };

export interface Described {
  field: Field;
  title: string;
  help: string;
  unit: string;
  advanced: boolean;
  default: Json | undefined;
}

/** Follows `$ref` into the root's definitions; what stands beside the reference wins. */
export function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
  if (target === undefined) throw new Error(`The schema has no definition ${schema.$ref}.`);
  const { $ref: _, ...beside } = schema;
  return { ...resolve(target, root), ...beside };
}

export function describe(schema: Schema, root: Schema, name = ""): Described {
  const resolved = resolve(schema, root);
  return {
    field: fieldOf(resolved, root),
    title: resolved.title ?? wordOf(name),
    help: resolved.description ?? "",
    unit: resolved.unit ?? "",
    advanced: resolved.advanced ?? false,
    default: resolved.default,
  };
}

function fieldOf(schema: Schema, root: Schema): Field {
  const optional = schema.anyOf?.some((part) => part.type === "null") ?? false;
  if (optional) {
    const rest = (schema.anyOf ?? []).filter((part) => part.type !== "null").map((part) => resolve(part, root));
    const { anyOf: _, ...outer } = schema;
    const inner = fieldOf({ ...outer, ...(rest.length === 1 ? rest[0] : { anyOf: rest }) }, root);
    return "optional" in inner ? { ...inner, optional: true } : inner;
  }
  if (schema.oneOf && schema.discriminator) {
    const { propertyName: tag, mapping } = schema.discriminator;
    const members = Object.entries(mapping).map(([kind, $ref]) => [kind, resolve({ $ref }, root)] as const);
    return { type: "union", tag, members: Object.fromEntries(members), optional: false };
  }
  if (schema.anyOf) {
    const parts = schema.anyOf.map((part) => resolve(part, root));
    const number = parts.find(isNumber);
    if (number) return numberField({ ...number, ...pick(schema) }, parts.flatMap(wordsOf));
    return { type: "choice", options: parts.flatMap(wordsOf), optional: false };
  }
  if (schema.enum) return { type: "choice", options: schema.enum, optional: false };
  if (isNumber(schema)) return numberField(schema, []);
  if (schema.type === "boolean") return { type: "boolean" };
  if (schema.type === "array") return arrayField(schema, root);
  if (schema.properties) return objectField(schema, root);
  if (schema.pattern?.includes("#[0-9A-Fa-f]{6}")) return { type: "colour" };
  const { pattern = null, minLength = 0, maxLength = 10_000 } = schema;
  return { type: "text", pattern, minLength, maxLength };
}

function isNumber(schema: Schema): boolean {
  return schema.type === "number" || schema.type === "integer";
}

function wordsOf(schema: Schema): string[] {
  return [...(schema.enum ?? []), schema.const].filter((word): word is string => typeof word === "string");
}

function pick(schema: Schema): Schema {
  return schema.scale ? { scale: schema.scale } : {};
}

function numberField(schema: Schema, words: string[]): NumberField {
  return {
    type: "number",
    integer: schema.type === "integer",
    minimum: schema.minimum ?? schema.exclusiveMinimum ?? -Infinity,
    maximum: schema.maximum ?? schema.exclusiveMaximum ?? Infinity,
    exclusiveMinimum: schema.exclusiveMinimum !== undefined,
    exclusiveMaximum: schema.exclusiveMaximum !== undefined,
    scale: schema.scale ?? "linear",
    optional: false,
    words,
  };
}

function arrayField(schema: Schema, root: Schema): Field {
  const items = resolve(schema.items ?? {}, root);
  const options = items.enum?.filter((option): option is string => typeof option === "string");
  if (options && options.length === items.enum?.length) return { type: "flags", options };
  return { type: "list", item: describe(items, root), maxItems: schema.maxItems ?? 100 };
}

function objectField(schema: Schema, root: Schema): Field {
  const names = Object.keys(schema.properties ?? {});
  // The document's time: exactly one of the two is set.
  if (names.length === 2 && names.includes("epochs") && names.includes("steps")) return { type: "time" };
  return { type: "object", properties: shownProperties(schema, root) };
}

/** Properties that a form shows: not the kind itself, not what is hidden. */
export function shownProperties(schema: Schema, root: Schema): [string, Described][] {
  return Object.entries(schema.properties ?? {})
    .filter(([, property]) => property.const === undefined && !property.hidden)
    .map(([name, property]) => [name, describe(property, root, name)]);
}

/** A member of a union with all its defaults. */
export function memberDefaults(tag: string, kind: string, member: Schema): JsonObject {
  const value: JsonObject = { [tag]: kind };
  for (const [name, property] of Object.entries(member.properties ?? {})) {
    if (name !== tag && property.default !== undefined) value[name] = property.default;
  }
  return value;
}
