// The document as a Postman collection. What the converter would make up anew each time (ids, values) is taken from the document or left out, so that the same document makes the same collection.
import { readFile, writeFile } from "node:fs/promises";
import converter from "openapi-to-postmanv2";

const [source, output] = process.argv.slice(2);
const document = JSON.parse(await readFile(source, "utf8"));
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

for (const operation of operations) {
  // Bodies as the document shows them.
  for (const content of Object.values(operation.requestBody?.content ?? {})) {
    const reference = content.schema.$ref ?? content.schema.oneOf?.map((one) => one.$ref).find(Boolean);
    const example = reference && document.components.schemas[reference.split("/").at(-1)].examples?.[0];
    if (example) content.example = example;
  }
  for (const parameter of operation.parameters ?? []) {
    parameter.example = parameter.in === "path" ? `{{${parameter.name}}}` : parameter.name === "X-Tenant" ? "{{tenant}}" : (parameter.schema?.default ?? "");
    // A key that is said twice means a retry: each click is something new.
    if (parameter.name === "Idempotency-Key") parameter.example = "{{$guid}}";
  }
  // Examples of answers make nine tenths of a collection, and the document has them.
  operation.responses = { default: { description: "" } };
}

const converted = await new Promise((resolve, reject) =>
  converter.convertV2(
    { type: "json", data: document },
    { folderStrategy: "Tags", requestNameSource: "Fallback", parametersResolution: "Example", enableOptionalParameters: false, stackLimit: 20 },
    (error, done) => (error || !done.result ? reject(error ?? new Error(done.reason)) : resolve(done.output[0].data)),
  ),
);

const script = (...lines) => [{ listen: "test", script: { type: "text/javascript", exec: lines } }];
const keepTokens = script(
  'pm.test("Tokens are kept", () => {',
  "    const answer = pm.response.json();",
  "    pm.expect(answer.access_token).to.be.a('string');",
  "    pm.environment.set('bearerToken', answer.access_token);",
  "    pm.environment.set('refreshToken', answer.refresh_token);",
  "});",
);

function finish(item) {
  delete item.id;
  for (const one of item.item ?? []) finish(one);
  const request = item.request;
  if (!request) return;
  item.response = [];
  for (const header of request.header ?? []) {
    if (header.key === "X-Tenant" || header.key === "Idempotency-Key") header.disabled = false;
  }
  if (request.body.mode === "formdata") {
    request.header = request.header.filter((header) => header.key !== "Content-Type"); // it names a boundary, which is known when it is sent
    for (const field of request.body.formdata) if (field.type === "text") field.disabled = true;
  }
  const path = request.url.path.join("/");
  if (path.endsWith("auth/login")) {
    request.body.raw = JSON.stringify({ email: "{{email}}", password: "{{password}}" }, null, 2);
    item.event = keepTokens;
  }
  if (path.endsWith("auth/refresh")) {
    request.body.raw = JSON.stringify({ refresh_token: "{{refreshToken}}" }, null, 2);
    item.event = keepTokens;
  }
}

finish(converted);
converted.event = script('pm.test("It is not refused", () => pm.expect(pm.response.code).to.be.below(400));');
delete converted.info._postman_id;
delete converted.variable; // the environment has them
await writeFile(output, `${JSON.stringify(converted, null, 2)}\n`);
