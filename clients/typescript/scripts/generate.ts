// Writes src/generated anew, from the document of the server that was built.

import { writeFileSync } from "node:fs";

import { TestServer } from "../test/server.js";
import { generated } from "./generated.js";

const server = await TestServer.start();
try {
  for (const [path, content] of await generated(server.url)) {
    writeFileSync(path, content);
    console.log(path);
  }
} finally {
  await server.stop();
}
