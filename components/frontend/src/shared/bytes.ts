/** Bytes in words: the one way the project writes them, by the same rule as builder/spec/sizes.py. */

const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** By 1024 and with one decimal: `512 B`, `11.1 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes.toFixed(0)} B`;
  let exponent = 1;
  // By what is written: 1,048,575 bytes are 1.0 MiB and not 1024.0 KiB.
  while (exponent < UNITS.length && Number((bytes / 1024 ** exponent).toFixed(1)) >= 1024) exponent += 1;
  return `${(bytes / 1024 ** exponent).toFixed(1)} ${UNITS[exponent - 1]}`;
}
