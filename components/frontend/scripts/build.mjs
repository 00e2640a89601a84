// Builds every component alone: src/<name>/index.ts becomes ../<name>/assets/index.js and index.css.
// Names carry no hash, so that a rebuild of the same source is byte-identical and CI can compare.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const frontend = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const watch = args.includes("--watch") ? {} : null;
const asked = args.filter((arg) => !arg.startsWith("--"));
const all = readdirSync(join(frontend, "src")).filter((name) => existsSync(join(frontend, "src", name, "index.ts")));
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No component is called ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : all) {
  await build({
    root: frontend,
    configFile: false,
    logLevel: "warn",
    // A library build leaves this expression in place, and there is no `process` in a browser.
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      watch,
      target: "es2022",
      outDir: join(frontend, "..", name, "assets"),
      emptyOutDir: true,
      minify: true,
      lib: {
        entry: join(frontend, "src", name, "index.ts"),
        formats: ["es"],
        fileName: () => "index.js",
        cssFileName: "index",
      },
      rollupOptions: { output: { codeSplitting: false, minify: true } },
    },
  });
}
