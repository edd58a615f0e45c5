// The types of the document. A binary body is a Blob, which is what fetch sends; the generator's own word for it is string.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [document, output] = process.argv.slice(2);
const blob = ts.factory.createTypeReferenceNode("Blob");
const types = await openapiTS(pathToFileURL(document), { transform: (schema) => (schema.format === "binary" ? blob : undefined) });
await writeFile(output, `// Generated from docs/openapi.json by clients/generate.sh: not to be changed by hand.\n\n${astToString(types)}`);
