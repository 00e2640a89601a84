import { expect, test } from "vitest";
import type { Schema } from "../types";
import { describe, memberDefaults, shownProperties } from "./schema";

const root: Schema = {
  $defs: {
    He: { type: "object", properties: { kind: { const: "he" }, mode: { enum: ["in", "out"], default: "in" } } },
    Normal: { type: "object", properties: { kind: { const: "normal" }, std: { type: "number", default: 0.01 } } },
    Time: {
      type: "object",
      title: "Time",
      properties: { epochs: { anyOf: [{ type: "number" }, { type: "null" }] }, steps: { type: "integer" } },
    },
  },
};
const union: Schema = {
  oneOf: [{ $ref: "#/$defs/He" }, { $ref: "#/$defs/Normal" }],
  discriminator: { propertyName: "kind", mapping: { he: "#/$defs/He", normal: "#/$defs/Normal" } },
};

test("bounds, unit and scale come from the schema", () => {
  const { field, unit } = describe(
    { type: "integer", minimum: 1, exclusiveMaximum: 9, unit: "px", scale: "log" },
    root,
  );
  expect(unit).toBe("px");
  expect(field).toMatchObject({
    type: "number",
    integer: true,
    minimum: 1,
    maximum: 9,
    exclusiveMaximum: true,
    scale: "log",
  });
});

test("a number or a word is a number that knows the word", () => {
  const { field } = describe(
    {
      anyOf: [
        { type: "integer", minimum: 1 },
        { const: "classes", type: "string" },
      ],
    },
    root,
  );
  expect(field).toMatchObject({ type: "number", minimum: 1, words: ["classes"], optional: false });
});

test("null among the alternatives makes a field optional, whatever it is", () => {
  expect(describe({ anyOf: [{ type: "number" }, { type: "null" }] }, root).field).toMatchObject({ optional: true });
  expect(describe({ anyOf: [{ enum: ["a", "b"] }, { type: "null" }] }, root).field).toEqual({
    type: "choice",
    options: ["a", "b"],
    optional: true,
  });
  expect(describe({ anyOf: [union, { type: "null" }] }, root).field).toMatchObject({ type: "union", optional: true });
});

test("a discriminated union lists its members by their tag", () => {
  const { field } = describe(union, root);
  if (field.type !== "union") throw new Error(field.type);
  expect(Object.keys(field.members)).toEqual(["he", "normal"]);
  expect(memberDefaults("kind", "normal", field.members["normal"]!)).toEqual({ kind: "normal", std: 0.01 });
  expect(shownProperties(field.members["he"]!, root).map(([name]) => name)).toEqual(["mode"]);
});

test("a title beside a reference wins over the definition's", () => {
  const described = describe({ $ref: "#/$defs/Time", title: "Duration", description: "How long" }, root);
  expect(described).toMatchObject({ title: "Duration", help: "How long", field: { type: "time" } });
});

test("a list of words is a set of flags, any other list a list", () => {
  expect(describe({ type: "array", items: { enum: ["body", "gate"] } }, root).field.type).toBe("flags");
  expect(describe({ type: "array", items: { $ref: "#/$defs/Time" } }, root).field.type).toBe("list");
});

test("hidden fields are not shown", () => {
  const schema: Schema = { properties: { id: { type: "string", hidden: true }, width: { type: "integer" } } };
  expect(shownProperties(schema, root).map(([name]) => name)).toEqual(["width"]);
});
