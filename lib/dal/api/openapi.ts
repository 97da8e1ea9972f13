import 'server-only';
import { z } from 'zod';
import { configuration } from '../control.ts';
import { ENDPOINTS } from './all.ts';
import { REQUESTS_PER_MINUTE } from './bearer.ts';
import { compared, database, difference, finding, phase, plan, planMade, planQuestion, plans, planSummary, problem, side, waited, databases } from './shapes.ts';

type Described = (typeof ENDPOINTS)[number];
type Json = Readonly<Record<string, unknown>>;

const NAMED = { Problem: problem, Database: database, Databases: databases, Side: side, Difference: difference, Comparison: compared, Finding: finding, Phase: phase, PlanSummary: planSummary, Plan: plan, Plans: plans, PlanMade: planMade, Waited: waited };

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'Something is wrong with the request.',
  401: 'The token is missing, unknown, expired or revoked.',
  403: 'The token has not the scope, or its owner not the role.',
  404: 'There is nothing of that name or id.',
  409: 'A rule or the state of things forbids it now; the sentence says which.',
  429: 'Too many requests; `Retry-After` says when to come back.',
  500: 'Unexpected; the id is in the log.',
  503: 'A database under review does not answer as it should.',
};

/** OpenAPI 3.1, made from the shapes that the routes themselves check with. */
export function openApi(address: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of ENDPOINTS) (paths[one.path] ??= {})[one.method.toLowerCase()] = operation(one);
  return {
    openapi: '3.1.0',
    info: { title: 'Countersign', version: '1', description: `Plans from CI, read and waited for. A token acts as its owner with the roles of the moment, and never approves, runs, rolls back, or changes people or tokens. ${REQUESTS_PER_MINUTE} requests a minute for each token.` },
    servers: [{ url: new URL('/api/v1', address).href }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'cs_…, made on the page Tokens; scopes read and plan:write.' } }, schemas: schemas() },
  };
}

function operation(one: Described): Json {
  const refusals = Object.entries(REFUSALS).map(([status, description]) => [status, { description, content: { 'application/json': { schema: named('Problem') } } }]);
  return {
    operationId: one.name,
    summary: one.summary,
    description: `Scope: ${one.scope}.`,
    parameters: [...parameters('path', one.params), ...parameters('query', one.query)],
    ...(one.body ? { requestBody: { required: true, content: { 'application/json': { schema: named('NewPlan') } } } } : {}),
    responses: { [one.status]: { description: 'As asked.', content: { 'application/json': { schema: named(nameOf(one.answer)) } } }, ...Object.fromEntries(refusals) },
  };
}

function parameters(place: 'path' | 'query', shape: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(shape, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as Record<string, unknown>;
    return { name, in: place, required: required.includes(name), ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` }).schemas;
  const body = z.toJSONSchema(planQuestion, { io: 'input' });
  return Object.fromEntries(Object.entries({ ...made, NewPlan: body }).map(([id, schema]) => [id, withoutMarks(schema)]));
}

/** `$schema` and `$id` are said once, by the document. */
function withoutMarks({ $schema: _schema, $id: _id, ...schema }: Record<string, unknown>): Json {
  return schema;
}

function named(id: string): Json {
  return { $ref: `#/components/schemas/${id}` };
}

function nameOf(answer: z.ZodType): string {
  const found = Object.entries(NAMED).find(([, schema]) => schema === answer);
  if (!found) throw new Error('an endpoint answers what the document has no name for');
  return found[0];
}

export function answerOpenApi(): Response {
  return Response.json(openApi(configuration().nextAuthUrl), { headers: { 'Cache-Control': 'no-store' } });
}
