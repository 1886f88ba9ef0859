// What is generated is what the server says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

import { generated } from "../scripts/generated.js";
import { TestServer } from "./server.js";

const server = await TestServer.start();
after(() => server.stop());

test("the generated files are those of the server's document", async () => {
  for (const [path, content] of await generated(server.url)) {
    const isSame = readFileSync(path, "utf8") === content;
    assert.ok(
      isSame,
      `${path} is out of date: run \`npm run generate\` in clients/typescript, and commit what it writes`,
    );
  }
});
