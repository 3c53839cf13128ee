// The names of the roots, read by graphql-js from the SDL and from introspection, which are the two texts on its input.
import { buildClientSchema, buildSchema } from "graphql";
import { readFileSync } from "node:fs";

const { sdl, introspection } = JSON.parse(readFileSync(0, "utf8"));

function roots(schema) {
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return types.map((type) => type?.name ?? null);
}

console.log(JSON.stringify({ sdl: roots(buildSchema(sdl)), introspection: roots(buildClientSchema(introspection)) }));
