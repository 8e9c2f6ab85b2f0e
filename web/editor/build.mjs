// Bundles src/main.ts and its style sheet into the folder that is named as the argument.
import { build } from "esbuild";

await build({
  entryPoints: { editor: "src/main.ts" },
  outdir: process.argv[2],
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2021", "safari15", "firefox102", "chrome100"],
  legalComments: "eof",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
});
