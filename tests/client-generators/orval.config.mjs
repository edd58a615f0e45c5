// The upload has a form and the bytes alone. Orval makes one function of both, which sends a form as an object: the
// bytes are what a program sends.
export default {
  tenantry: {
    input: new URL("../../docs/openapi.json", import.meta.url).pathname,
    output: {
      target: process.env.INTO + "/orval/client.ts",
      client: "fetch",
      override: { contentType: { exclude: ["multipart/form-data"] } },
    },
  },
};
