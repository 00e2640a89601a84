// The same examples stand in tests/spec/test_sizes.py.
import { expect, test } from "vitest";
import { bytesText } from "./bytes";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [1_048_575, "1.0 MiB"],
  [11_594_722, "11.1 MiB"],
  [25_769_803_776, "24.0 GiB"],
  [1_073_700_000, "1.0 GiB"],
  [5 * 1024 ** 5, "5120.0 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
