// What is generated from the server's OpenAPI document.

import { join, resolve } from "node:path";

import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";

/** The package. */
export const PACKAGE = resolve(import.meta.dirname, "../..");
const HEADING = "// Generated from the server's OpenAPI document by `npm run generate`.\n\n";

/** An object of which nothing is said may have anything in it; what has a default may be left out. */
const OPTIONS = { emptyObjectsUnknown: true, defaultNonNullable: false };

interface Document {
  paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
  "x-problems": { code: string }[];
}

/** The files, by path, as they should be for the server at `url`. */
export async function generated(url: string): Promise<Map<string, string>> {
  const document = (await (await fetch(`${url}/v1/openapi.json`)).json()) as Document;
  const types = astToString(await openapiTS(structuredClone(document) as unknown as OpenAPI3, OPTIONS));
  const folder = join(PACKAGE, "src/generated");
  return new Map([
    [join(folder, "openapi.ts"), HEADING + types],
    [join(folder, "routes.ts"), HEADING + routes(document)],
  ]);
}

function routes(document: Document): string {
  const set = (comment: string, name: string, routes: string[]) =>
    `/** ${comment} */\nexport const ${name}: ReadonlySet<string> = new Set(${JSON.stringify(routes, null, 2)});\n`;
  const codes = document["x-problems"].map(({ code }) => `  | ${JSON.stringify(code)}`).sort();
  return [
    set("Operations that know a repeat by its `Idempotency-Key`.", "KEYED", taking(document, "Idempotency-Key")),
    set("Operations that wait for a position: `Tidemark-After`.", "WAITING", taking(document, "Tidemark-After")),
    `/** The codes of problems. */\nexport type ProblemCode =\n${codes.join("\n")};\n`,
  ].join("\n");
}

/** The operations that take a header, such as `GET /v1/users/me`. */
function taking(document: Document, header: string): string[] {
  const found: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { parameters }] of Object.entries(methods)) {
      if (parameters?.some(({ name }) => name === header)) found.push(`${method.toUpperCase()} ${path}`);
    }
  }
  return found.sort();
}
