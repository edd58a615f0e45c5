export default {
  input: new URL("../../docs/openapi.json", import.meta.url).pathname,
  output: { path: process.env.INTO + "/hey-api", module: { extension: ".js" } },
  plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
};
