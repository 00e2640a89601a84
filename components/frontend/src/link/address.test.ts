import { expect, test } from "vitest";
import { addressOf, isOfThisMachine } from "./address";

test("an address is whole, whatever the page's own query is", () => {
  const page = "https://lab.example:8443/highrise/?experiment=e1&run=r1#top";
  expect(addressOf(page, "?run=r2")).toBe("https://lab.example:8443/highrise/?run=r2");
  expect(addressOf("http://127.0.0.1:8501/", "?experiment=a&run=b")).toBe("http://127.0.0.1:8501/?experiment=a&run=b");
});

test("an address of this machine alone is known", () => {
  for (const host of ["localhost:8501", "127.0.0.1:8501", "127.1.2.3", "[::1]:8501"]) {
    expect(isOfThisMachine(`http://${host}/?run=a`)).toBe(true);
  }
  for (const host of ["192.168.1.7:8501", "lab.example", "localhost.example"]) {
    expect(isOfThisMachine(`http://${host}/?run=a`)).toBe(false);
  }
});
