// The tour of the README does what it says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { PACKAGE } from "../scripts/generated.js";
import { TestServer } from "./server.js";

const run = promisify(execFile);
const server = await TestServer.start();
after(() => server.stop());

test("the blocks of the README compile, and run one after another", async () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
  assert.ok(blocks.length >= 6);
  const tour = blocks
    .join("\n")
    .replaceAll("http://127.0.0.1:8080", server.url)
    .replaceAll("admin@tidemark.example", server.admin.email)
    .replaceAll("as ./dev run has printed it", server.admin.password);
  assert.ok(tour.includes(server.admin.password));
  const folder = join(PACKAGE, "build", "tour");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tour.ts"), tour);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { rootDir: ".", outDir: "out", types: ["node"] },
    include: ["tour.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  await run(process.execPath, [join(PACKAGE, "node_modules/typescript/bin/tsc"), "--project", folder]);
  const { stdout } = await run(process.execPath, ["--experimental-websocket", join(folder, "out", "tour.js")], {
    timeout: 60_000,
  });
  for (const said of ["status: 'closed'", "1 null", "Hello ", "Ada", "invalid_token"])
    assert.ok(stdout.includes(said), `${said} in ${stdout}`);
});
