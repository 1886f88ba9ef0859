// Renders /v1/openapi.json. Text goes in as text, never as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(tag, content = [], attributes = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...[content].flat().filter((part) => part !== undefined && part !== null));
  return made;
}

function resolve(api, schema) {
  const name = schema?.$ref?.split("/").pop();
  return name ? api.components.schemas[name] : schema ?? {};
}

function typeName(api, schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map((variant) => typeName(api, variant)).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const types = [schema.type ?? "any"].flat();
  if (types.includes("array")) return `list of ${typeName(api, schema.items)}`;
  return types.join(" or ") + (schema.format ? ` (${schema.format})` : "");
}

function bounds(schema) {
  const said = { minLength: "at least", maxLength: "at most", minimum: "from", maximum: "to", pattern: "matches",
    default: "default" };
  return Object.entries(said).filter(([key]) => schema[key] !== undefined).map(([key, word]) => `${word} ${schema[key]}`)
    .join(", ");
}

/** All members of a schema, those of `allOf` parts included. */
function members(api, schema) {
  const whole = resolve(api, schema);
  const own = Object.entries(whole.properties ?? {}).map(([name, member]) =>
    ({ name, member, required: (whole.required ?? []).includes(name) }));
  return own.concat((whole.allOf ?? []).flatMap((part) => members(api, part)));
}

function table(rows) {
  return element("table", element("tbody", rows.map((cells) => element("tr", cells.map((cell) => element("td", cell))))));
}

function schemaTable(api, schema) {
  const rows = members(api, schema).map(({ name, member, required }) => [
    element("code", name),
    typeName(api, member),
    [required ? "required" : "optional", bounds(member), member.description].filter(Boolean).join("; "),
  ]);
  return rows.length ? table(rows) : element("p", element("code", typeName(api, schema)));
}

function operation(api, path, method, described) {
  const id = described.operationId;
  const title = [element("code", method.toUpperCase(), { class: "method" }), " ", element("code", path)];
  const parts = [element("h3", element("a", title, { href: `#${id}` })), element("p", described.summary ?? "")];
  if (described.description) parts.push(element("p", described.description));
  if (described.security?.length) parts.push(element("p", "Needs an access token."));
  const parameters = (described.parameters ?? []).map((given) => [
    element("code", given.name), given.in, typeName(api, given.schema),
    [bounds(given.schema ?? {}), given.description].filter(Boolean).join("; "),
  ]);
  if (parameters.length) parts.push(element("h4", "Parameters"), table(parameters));
  for (const [type, content] of Object.entries(described.requestBody?.content ?? {}).slice(0, 1)) {
    parts.push(element("h4", ["Body, ", element("code", type)]), schemaTable(api, content.schema));
  }
  parts.push(element("h4", "Answers"));
  parts.push(table(Object.entries(described.responses).map(([status, answer]) => {
    const schemas = Object.values(answer.content ?? {}).map((content) => typeName(api, content.schema));
    return [element("code", status), answer.description, schemas.join(", ")];
  })));
  for (const [status, answer] of Object.entries(described.responses)) {
    const schema = answer.content?.["application/json"]?.schema;
    if (schema && status.startsWith("2")) parts.push(element("h4", `Body of ${status}`), schemaTable(api, schema));
  }
  return element("article", parts, { id });
}

function problems(api) {
  const kinds = api["x-problems"] ?? [];
  return kinds.flatMap(({ code, status, title }) => [
    element("dt", [element("code", code), ` (${status})`], { id: `problem-${code}` }),
    element("dd", title),
  ]);
}

async function render() {
  const answer = await fetch("/v1/openapi.json");
  if (!answer.ok) throw new Error(`the document cannot be read: ${answer.status}`);
  const api = await answer.json();
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, described: item[method] })));
  document.getElementById("about").replaceChildren(
    `${api.info.description ?? ""} Version ${api.info.version}. Also `,
    element("a", "as an OpenAPI document", { href: "/v1/openapi.json" }), ".");
  document.getElementById("contents").append(element("ul", all.map(({ path, method, described }) =>
    element("li", element("a", `${method.toUpperCase()} ${path}`, { href: `#${described.operationId}` })))));
  document.getElementById("operations").append(
    ...all.map(({ path, method, described }) => operation(api, path, method, described)));
  document.getElementById("problem").append(schemaTable(api, { $ref: "#/components/schemas/Problem" }));
  document.getElementById("problems").append(...problems(api));
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

render().catch((error) => document.getElementById("about").replaceChildren(String(error)));
